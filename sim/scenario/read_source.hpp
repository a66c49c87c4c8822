// Reads where an entry of `traffic:` takes its requests from, and what is done to them. Throws InputError.
#pragma once

#include <string>
#include <vector>

#include "scenario/fields.hpp"
#include "scenario/read_scenario.hpp"

namespace idlewatt {

/// `source:` of an entry: the path of a workload, or a map with the path of a trace.
void read_source(const YamlNode& node, ScenarioFiles& files, Traffic& traffic);

/// The keys that read_transforms() knows.
const std::vector<std::string>& transform_keys();

/// `scale`, `scale_by`, `cut`, `sample`, `repeat`, `shift` of an entry.
void read_transforms(const Fields& fields, Traffic& traffic);

}  // namespace idlewatt
