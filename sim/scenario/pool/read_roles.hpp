// Reads disaggregated serving: which pools compute prompts, and which pools continue their requests.
#pragma once

#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Reads `role`, `decode` and `kv_transfer` of all pools, in the order of `pools_node`, and checks that the pools'
/// other settings fit them. Notes the first problem of each pool.
void read_roles(const YamlNode& pools_node, Pools& pools, Problems& problems);

/// Checks, for a scenario with swapping, that pools with roles are pinned, since they hold KV blocks for others. Notes
/// those that are not.
void check_roles_stay(const YamlNode& pools_node, const Pools& pools, Problems& problems);

}  // namespace idlewatt
