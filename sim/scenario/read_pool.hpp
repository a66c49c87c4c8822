// Reads a pool, and checks that it can exist: its precision, its memory, its room in the racks. Throws InputError.
#pragma once

#include <string>
#include <vector>

#include "scenario/key_table.hpp"
#include "scenario/problems.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// The keys of a pool: those of what a replica is, how many there are, roles and policies.
const KeyTable& pool_keys();

/// The pool `name`, checked alone. What can be read but has no meaning here, or is stretched,
/// is added to `warnings`, a line each.
Pool read_pool(const std::string& name, const YamlNode& node, const Catalog& catalog, ScenarioFiles& files,
               std::vector<std::string>& warnings);

/// One rack with as many servers of each type as the pools' replicas need at their `max`, none shared.
Racks racks_for(const Pools& pools, const Catalog& catalog);

/// Notes each pool that may ask for replicas that the racks do not hold. `pools` is the map that they were read from.
/// With `swapping`, those that share accelerators may ask for more together.
void check_room(const Pools& pools, const Racks& racks, const Catalog& catalog, bool swapping,
                const YamlNode& pools_node, Problems& problems);

}  // namespace idlewatt
