// The paths in a scenario that `--set` may name, made from the tables of keys, for completion.
#pragma once

#include <string>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The paths of all keys of a table, and of the tables below it, each with `prefix` before it. `node` is the map in a
/// file, or null; it supplies the names of pools, the entries of lists, and the chosen policies, whose parameters
/// become paths. In a list of one entry the path needs no index.
std::vector<std::string> key_paths(const KeyTable& table, const YamlNode* node, const std::string& prefix = "");

}  // namespace idlewatt
