// Policies from outside of the program: a shared library, or a class of Python, at the path that a scenario names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "policy/plugin_api.hpp"

namespace idlewatt {

class Plugin {
 public:
  /// Throws Error: what is wrong, and what was expected. The library stays loaded until the process ends.
  static std::shared_ptr<const Plugin> load(const std::string& path);

  Plugin() = default;
  /// One whose policies are written in Python (python/python_policy.hpp); `starts_off` of an idle policy.
  Plugin(std::string path, PluginPolicies policies, std::optional<bool> starts_off)
      : path_(std::move(path)), policies_(std::move(policies)), in_python_(true), starts_off_(starts_off) {}

  const std::string& path() const { return path_; }
  /// Their names and parameters are checked. What they make answers with InputError, which names the policy, when its
  /// code throws whatever, or decides what cannot be done.
  const PluginPolicies& policies() const { return policies_; }
  /// They can be made and asked only while there is a PythonSession.
  bool in_python() const { return in_python_; }
  /// IdlePolicy::starts_off() where it is known without making one.
  std::optional<bool> starts_off() const { return starts_off_; }

 private:
  std::string path_;
  PluginPolicies policies_;
  bool in_python_ = false;
  std::optional<bool> starts_off_;
};

}  // namespace idlewatt
