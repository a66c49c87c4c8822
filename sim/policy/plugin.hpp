// Policies from outside the program: a shared library or a Python class, at the path that a scenario names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "policy/plugin_api.hpp"

namespace idlewatt {

class Plugin {
 public:
  /// Loads a library. The library stays loaded until the process ends. Throws Error that says what is wrong and what
  /// was expected.
  static std::shared_ptr<const Plugin> load(const std::string& path);

  Plugin() = default;
  /// A plug-in whose policies are written in Python (python/python_policy.hpp). `starts_off` is that of an idle policy.
  Plugin(std::string path, PluginPolicies policies, std::optional<bool> starts_off)
      : path_(std::move(path)), policies_(std::move(policies)), in_python_(true), starts_off_(starts_off) {}

  const std::string& path() const { return path_; }
  /// The policies; their names and parameters are checked. The policies that they make throw InputError, which names
  /// the policy, when the plug-in's code throws anything or decides something impossible.
  const PluginPolicies& policies() const { return policies_; }
  /// True when the policies are Python classes: they can be made and asked only while a PythonSession lives.
  bool in_python() const { return in_python_; }
  /// IdlePolicy::starts_off() where it is known without making a policy.
  std::optional<bool> starts_off() const { return starts_off_; }

 private:
  std::string path_;
  PluginPolicies policies_;
  bool in_python_ = false;
  std::optional<bool> starts_off_;
};

}  // namespace idlewatt
