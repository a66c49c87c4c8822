// Reads a description of synthetic traffic, as in workloads/.
#pragma once

#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/yaml_tree.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

/// The keys of a workload, and those under `semantics:`.
const KeyTable& workload_keys();
const KeyTable& semantics_keys();

/// Reads the description. Throws InputError, with all problems of the tree at once.
GeneratedTraffic read_workload(const YamlNode& root);

/// Reads the map under `semantics:`, in a workload or in an entry of `traffic:`. Throws InputError.
Semantics read_semantics(const YamlNode& node);

}  // namespace idlewatt
