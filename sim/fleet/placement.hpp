// Which accelerators a replica gets.
#pragma once

#include <optional>
#include <string>

#include "fleet/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Free accelerators for `stages` stages (or groups: Parallelism) of `per_stage` each, on servers of that type. A stage never spans servers; the
/// best server takes as many of them as it has room for, then the next best. A server that is on (or about to be) goes
/// before one that is off; then `pack` takes the fullest that has room for a stage, `spread` the emptiest; then the
/// order of the racks decides. Nothing when there is no room for all stages: the replica is pending. Of racks with a
/// power budget, no more is taken than there is power for when each accelerator may draw `reserved` more than an empty
/// one; without it budgets do not count.
std::optional<Placement> allocate(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                                  std::int32_t per_stage, PlacementOrder order, std::optional<Power> reserved);

/// Whether the racks have power for a replica that wakes where it stands.
bool has_power(const Fleet& fleet, const Placement& placement, Power reserved);

}  // namespace idlewatt
