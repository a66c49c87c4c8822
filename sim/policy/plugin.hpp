// A shared library with policies, loaded from the path that a scenario names.
#pragma once

#include <memory>
#include <string>

#include "policy/plugin_api.hpp"

namespace idlewatt {

class Plugin {
 public:
  /// Throws Error: what is wrong, and what was expected. The library stays loaded until the process ends.
  static std::shared_ptr<const Plugin> load(const std::string& path);

  const std::string& path() const { return path_; }
  /// Their names and parameters are checked. What they make answers with InputError, which names the policy, when its
  /// code throws whatever, or decides what cannot be done.
  const PluginPolicies& policies() const { return policies_; }

 private:
  std::string path_;
  PluginPolicies policies_;
};

}  // namespace idlewatt
