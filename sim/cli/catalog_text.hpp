// The catalogue as text for people.
#pragma once

#include <string>

#include "cli/catalog_contents.hpp"
#include "cli/summary_table.hpp"

namespace idlewatt {

/// An overview, lists or single entries: what `contents.depth` says, within the style's width.
std::string catalog_text(const CatalogContents& contents, const TextStyle& style);

/// A choice as lines of YAML of at most `width` columns, broken between parameters: "autoscaling: {policy: hpa, ...}".
std::string policy_yaml(const PolicyFamily& family, const PolicyInfo& policy, std::size_t width,
                        std::size_t indent = 0);

/// A value as a scenario may write it, in the unit that reads best: "ongoing", "5 min", "1e6".
/// Its default for people; of a timetable, which has none, that it must be given.
std::string parameter_default(const ParameterSpec& spec);
std::string parameter_value(const ParameterSpec& spec, double value);

/// "a time, 100 ms to 24 h", "at least 0", "ongoing, queue or tokens": what a parameter may be.
std::string parameter_range(const ParameterSpec& spec);

}  // namespace idlewatt
