// The choice of accelerators for a replica.
#pragma once

#include <optional>
#include <string>

#include "fleet/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Chooses free accelerators for `stages` stages (or groups: Parallelism::groups) of `per_stage` accelerators each, on
/// servers of a type. A stage (or group) never spans servers. The best server takes as many stages as it has room for, then the
/// next best. Servers that are on or booting are better than servers that are off. Among them `pack` prefers the
/// fullest server with room for a stage, `spread` the emptiest. Among equal servers the order of the racks decides.
/// Returns nothing when there is no room for all stages; the replica is then pending. With `reserved`, the most that an
/// accelerator may draw above an empty one, racks with a power budget take no more than their power allows; without it,
/// budgets are ignored.
std::optional<Placement> allocate(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                                  std::int32_t per_stage, PlacementOrder order, std::optional<Power> reserved);

/// True when the racks have power for a replica that wakes in its place.
bool has_power(const Fleet& fleet, const Placement& placement, Power reserved);

}  // namespace idlewatt
