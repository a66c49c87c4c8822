// Reads a pool, and checks that its precision, its memory and its room in the racks are possible. All functions throw
// InputError.
#pragma once

#include <string>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The keys of a pool: hardware of a replica, number of replicas, roles and policies.
const KeyTable& pool_keys();

/// Reads the pool `name`, and checks it without looking at other pools. Settings that can be read but have no meaning
/// here, or are stretched, are added to `warnings`, a line each.
Pool read_pool(const std::string& name, const YamlNode& node, const Catalog& catalog, ScenarioFiles& files,
               std::vector<std::string>& warnings);

/// One rack that holds, for all pools together, as many servers of each type as their replicas need at `max`.
Racks racks_for(const Pools& pools, const Catalog& catalog);

/// Notes each pool that may ask for replicas that the racks do not hold. With `swapping`, pools that share accelerators
/// may ask for more together. `pools_node` is the map from which `pools` were read.
void check_room(const Pools& pools, const Racks& racks, const Catalog& catalog, bool swapping,
                const YamlNode& pools_node, Problems& problems);

}  // namespace idlewatt
