// The families of policies as a scenario names them: for the catalogue and the reference page.
#pragma once

#include <string>
#include <vector>

#include "policy/declaration.hpp"

namespace idlewatt {

struct PolicyFamily {
  std::string name;                  ///< "autoscaling": what it is called in lists, of its own
  std::string path;                  ///< where it is chosen: "pools.NAME.autoscaling"
  std::string question;              ///< what its policies answer, one line
  std::vector<PolicyInfo> policies;  ///< the first is the default

  /// The key that chooses one, the last word of the path: "autoscaling".
  std::string key() const { return path.substr(path.rfind('.') + 1); }
};

/// In the order in which a request and then the fleet meets them.
std::vector<PolicyFamily> policy_families();

/// A value of a parameter as YAML takes it: "ongoing", "15 s", "0.1".
std::string parameter_text(const ParameterSpec& spec, double value);

/// The default as YAML takes it, and of a timetable, which has none, the example.
std::string default_text(const ParameterSpec& spec);

/// "{policy: hpa, metric: ongoing, target: 16}": a choice with all its parameters at their defaults.
std::string policy_example(const PolicyInfo& info);

}  // namespace idlewatt
