#include "datacenter/placement.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace idlewatt {
namespace {

/// A server with room for a stage; smaller ones are filled first.
struct Candidate {
  bool off = false;
  std::int32_t fullness = 0;  ///< by the order: what is free, or less than nothing of it
  std::int32_t server = 0;
  std::int32_t room = 0;  ///< accelerators

  bool operator<(const Candidate& other) const {
    return std::tie(off, fullness, server) < std::tie(other.off, other.fullness, other.server);
  }
};

std::int32_t free_accelerators(const FleetServer& server) {
  std::int32_t count = 0;
  for (const AcceleratorSlot& slot : server.accelerators) {
    count += slot.free() ? 1 : 0;
  }
  return count;
}

std::vector<std::int32_t> first_free(const FleetServer& server, std::int32_t count) {
  std::vector<std::int32_t> accelerators;
  for (std::size_t a = 0; static_cast<std::int32_t>(accelerators.size()) < count; ++a) {
    if (server.accelerators[a].free()) {
      accelerators.push_back(static_cast<std::int32_t>(a));
    }
  }
  return accelerators;
}

}  // namespace

std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                               std::int32_t per_stage, PlacementOrder order) {
  std::vector<Candidate> candidates;
  for (std::size_t s = 0; s < fleet.servers().size(); ++s) {
    const FleetServer& server = fleet.servers()[s];
    const std::int32_t room = server.type->name == server_type && server.available() ? free_accelerators(server) : 0;
    if (room >= per_stage) {
      candidates.push_back({.off = server.state() == ServerState::off || server.state() == ServerState::shutting_down,
                            .fullness = order == PlacementOrder::pack ? room : -room,
                            .server = static_cast<std::int32_t>(s),
                            .room = room});
    }
  }
  std::sort(candidates.begin(), candidates.end());
  Placement placement;
  std::int32_t placed = 0;
  for (const Candidate& candidate : candidates) {
    const std::int32_t here = std::min(candidate.room / per_stage, stages - placed);
    placement.parts.push_back(
        {.server = candidate.server,
         .first_stage = placed,
         .stages = here,
         .accelerators = first_free(fleet.servers()[static_cast<std::size_t>(candidate.server)], here * per_stage)});
    placed += here;
    if (placed == stages) {
      return placement;
    }
  }
  return std::nullopt;
}

}  // namespace idlewatt
