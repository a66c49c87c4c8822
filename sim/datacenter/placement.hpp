// Which accelerators a replica gets.
#pragma once

#include <optional>
#include <string>

#include "datacenter/fleet.hpp"

namespace idlewatt {

/// `count` free accelerators of one powered server of that type: the first server, in the order of the racks, that has
/// them. Nothing when there is none: the replica is pending.
std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t count);

}  // namespace idlewatt
