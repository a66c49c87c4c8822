// The choices of policies as YAML takes them: for the catalogue and the reference page.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"

namespace idlewatt {

/// A value of a parameter as YAML takes it: "ongoing", "15 s", "0.1".
std::string parameter_text(const ParameterSpec& spec, double value);

/// The default as YAML takes it, and of a timetable, which has none, the example.
std::string default_text(const ParameterSpec& spec);

/// "{policy: hpa, metric: ongoing, target: 16}": a choice with all its parameters at their defaults.
std::string policy_example(const PolicyInfo& info);

}  // namespace idlewatt
