// Whether racks can live within their power budgets at all.
#pragma once

#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Throws InputError, at a rack of `racks_node`, when its budget is below what it draws with nothing loaded, or when no
/// replica of a pool could ever start.
void check_power(const Scenario& scenario, const YamlNode& racks_node);

}  // namespace idlewatt
