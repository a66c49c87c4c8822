// The catalogue as text for people.
#pragma once

#include <string>

#include "cli/catalog/contents.hpp"
#include "cli/run/summary_table.hpp"

namespace idlewatt {

/// An overview, lists or single entries, depending on `contents.depth`, within the style's width.
std::string catalog_text(const CatalogContents& contents, const TextStyle& style);

/// The choice of a policy as lines of YAML of at most `width` columns, broken between parameters: "autoscaling:
/// {policy: hpa, ...}".
std::string policy_yaml(const PolicyFamily& family, const PolicyInfo& policy, std::size_t width,
                        std::size_t indent = 0);

/// parameter_value() is a value in the form and unit that read best in a scenario: "ongoing", "5 min", "1e6".
/// parameter_default() is the default so; for a timetable, which has none, the note that it must be given.
std::string parameter_default(const ParameterSpec& spec);
std::string parameter_value(const ParameterSpec& spec, double value);

/// The permitted values of a parameter: "a time, 100 ms to 24 h", "at least 0", "ongoing, queue or tokens".
std::string parameter_range(const ParameterSpec& spec);

}  // namespace idlewatt
