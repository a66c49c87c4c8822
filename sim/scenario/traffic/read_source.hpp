// Reads the source of an entry of `traffic:` and its transforms. All functions throw InputError.
#pragma once

#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The keys of a recorded trace under `source:`.
const KeyTable& trace_keys();

/// Reads `source:` of an entry: the path of a workload, or a map with the path of a trace.
void read_source(const Section& fields, ScenarioFiles& files, Traffic& traffic);

/// The keys that read_transforms() reads.
const std::vector<Key>& transform_keys();

/// Reads `scale`, `scale_by`, `cut`, `sample`, `repeat`, `shift` of an entry.
void read_transforms(const Section& fields, Traffic& traffic);

}  // namespace idlewatt
