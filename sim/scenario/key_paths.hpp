// The paths that `--set` may name in a scenario, made from the tables of keys: for completion.
#pragma once

#include <string>
#include <vector>

#include "scenario/key_table.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// The paths below `prefix` of the keys of a table and of the tables below it. `node` is the map in a file, null where
/// there is none: it has the names of pools, the entries of lists, and the policies whose parameters there are. A list of
/// one entry needs no number.
std::vector<std::string> key_paths(const KeyTable& table, const YamlNode* node, const std::string& prefix = "");

}  // namespace idlewatt
