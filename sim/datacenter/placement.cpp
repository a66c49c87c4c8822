#include "datacenter/placement.hpp"

#include <tuple>

namespace idlewatt {
namespace {

std::int32_t free_accelerators(const FleetServer& server) {
  std::int32_t count = 0;
  for (const AcceleratorSlot& slot : server.accelerators) {
    count += slot.pool == AcceleratorSlot::kUnassigned ? 1 : 0;
  }
  return count;
}

}  // namespace

std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t count,
                               PlacementOrder order) {
  std::optional<std::size_t> best;
  std::tuple<bool, std::int32_t> best_rank;
  for (std::size_t s = 0; s < fleet.servers().size(); ++s) {
    const FleetServer& server = fleet.servers()[s];
    const std::int32_t room = free_accelerators(server);
    if (server.type->name != server_type || room < count) {
      continue;
    }
    const bool off = server.state() == ServerState::off || server.state() == ServerState::shutting_down;
    const std::tuple rank{off, order == PlacementOrder::pack ? room : -room};
    if (!best || rank < best_rank) {
      best = s;
      best_rank = rank;
    }
  }
  if (!best) {
    return std::nullopt;
  }
  Placement placement{.server = static_cast<std::int32_t>(*best), .accelerators = {}};
  const FleetServer& server = fleet.servers()[*best];
  for (std::size_t a = 0; static_cast<std::int32_t>(placement.accelerators.size()) < count; ++a) {
    if (server.accelerators[a].pool == AcceleratorSlot::kUnassigned) {
      placement.accelerators.push_back(static_cast<std::int32_t>(a));
    }
  }
  return placement;
}

}  // namespace idlewatt
