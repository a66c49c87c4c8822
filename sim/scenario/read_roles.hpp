// Disaggregated serving: which pools compute prompts, and which go on.
#pragma once

#include <vector>

#include "scenario/problems.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Reads `role`, `decode` and `kv_transfer` of all pools, in the order of `pools_node`, and checks what they mean for
/// the rest of their settings. Each pool's first problem is noted.
void read_roles(const YamlNode& pools_node, Pools& pools, Problems& problems);

/// With swapping: pools with roles hold KV blocks for others, and must be pinned. Notes those that are not.
void check_roles_stay(const YamlNode& pools_node, const Pools& pools, Problems& problems);

}  // namespace idlewatt
