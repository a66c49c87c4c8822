// Reads a description of synthetic traffic, as in workloads/. Throws InputError.
#pragma once

#include "scenario/yaml_tree.hpp"
#include "traffic/generator.hpp"

namespace idlewatt {

GeneratedTraffic read_workload(const YamlNode& root);

/// The map under `semantics:`, in a workload or in an entry of `traffic:`.
Semantics read_semantics(const YamlNode& node);

}  // namespace idlewatt
