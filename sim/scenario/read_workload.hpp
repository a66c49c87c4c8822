// Reads a description of synthetic traffic, as in workloads/. Throws InputError.
#pragma once

#include "scenario/yaml_tree.hpp"
#include "workload/generator.hpp"

namespace idlewatt {

GeneratedTraffic read_workload(const YamlNode& root);

}  // namespace idlewatt
