// Which accelerators a replica gets.
#pragma once

#include <optional>
#include <string>

#include "datacenter/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Free accelerators for `stages` stages of `per_stage` each, on servers of that type. A stage never spans servers; the
/// best server takes as many of them as it has room for, then the next best. A server that is on (or about to be) goes
/// before one that is off; then `pack` takes the fullest that has room for a stage, `spread` the emptiest; then the
/// order of the racks decides. Nothing when there is no room for all stages: the replica is pending.
std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                               std::int32_t per_stage, PlacementOrder order);

}  // namespace idlewatt
