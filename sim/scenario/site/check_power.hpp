// Checks that racks can work within their power budgets.
#pragma once

#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Throws InputError at a rack of `racks_node` whose budget is below its draw with nothing loaded, and when no replica
/// of a pool could ever start.
void check_power(const Scenario& scenario, const YamlNode& racks_node);

}  // namespace idlewatt
