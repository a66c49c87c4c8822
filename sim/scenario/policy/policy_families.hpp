// The texts of policy choices in YAML, for the catalogue and the reference page.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"

namespace idlewatt {

/// The value of a parameter as YAML takes it: "ongoing", "15 s", "0.1".
std::string parameter_text(const ParameterSpec& spec, double value);

/// The default of a parameter as YAML takes it; for a timetable, which has no default, the example.
std::string default_text(const ParameterSpec& spec);

/// A choice with all parameters at their defaults: "{policy: hpa, metric: ongoing, target: 16}".
std::string policy_example(const PolicyInfo& info);

}  // namespace idlewatt
