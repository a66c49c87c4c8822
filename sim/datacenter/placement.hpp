// Which accelerators a replica gets.
#pragma once

#include <optional>
#include <string>

#include "datacenter/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// `count` free accelerators of one server of that type. A server that is on (or about to be) goes before one that is
/// off; then `pack` takes the fullest that has room, `spread` the emptiest; then the order of the racks decides.
/// Nothing when no server has room: the replica is pending.
std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t count,
                               PlacementOrder order);

}  // namespace idlewatt
