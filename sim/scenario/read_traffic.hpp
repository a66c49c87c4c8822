// Reads an entry of `traffic:`.
#pragma once

#include <vector>

#include "catalog/catalog.hpp"
#include "scenario/key_table.hpp"
#include "scenario/problems.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// The keys of an entry of `traffic:`.
const KeyTable& traffic_keys();

/// The entry; where `popularity` divides it, one for each of its pools. `pools` are those that may answer; null where
/// they could not be read: then only what does not rest on them is looked at. Where
/// these do not fit on the racks, requests are not divided among them. Notes what is wrong.
std::vector<Traffic> read_traffic(const YamlNode& node, const Catalog& catalog, const Pools* pools, bool pools_fit,
                                  const LocalClock& clock, ScenarioFiles& files, Problems& problems);

}  // namespace idlewatt
