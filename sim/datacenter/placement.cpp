#include "datacenter/placement.hpp"

namespace idlewatt {

std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t count) {
  for (std::size_t s = 0; s < fleet.servers().size(); ++s) {
    const FleetServer& server = fleet.servers()[s];
    if (server.type->name != server_type || server.account.state() != ServerState::on) {
      continue;
    }
    Placement placement{.server = static_cast<std::int32_t>(s), .accelerators = {}};
    for (std::size_t a = 0; a < server.accelerators.size(); ++a) {
      if (server.accelerators[a].pool == AcceleratorSlot::kUnassigned) {
        placement.accelerators.push_back(static_cast<std::int32_t>(a));
        if (static_cast<std::int32_t>(placement.accelerators.size()) == count) {
          return placement;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace idlewatt
