// Reads an entry of `traffic:`.
#pragma once

#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The keys of an entry of `traffic:`.
const KeyTable& traffic_keys();

/// Reads an entry. If `popularity` divides it, returns one entry for each of its pools. `pools` are the pools of the
/// scenario; null when they could not be read, in which case everything that depends on them is left unchecked.
/// `pools_fit` is false when the pools do not fit on the racks; requests are then not divided among them. Notes
/// problems in `problems`.
std::vector<Traffic> read_traffic(const YamlNode& node, const Catalog& catalog, const Pools* pools, bool pools_fit,
                                  const LocalClock& clock, ScenarioFiles& files, Problems& problems);

}  // namespace idlewatt
