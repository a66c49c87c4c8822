#include "fleet/placement.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace idlewatt {
namespace {

/// A server with room for a stage; smaller ones are filled first.
struct Candidate {
  bool off = false;
  std::int32_t fullness = 0;  ///< by the order: what is free, or less than nothing of it
  ServerId server;
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

/// Requires that so many are free.
std::vector<AcceleratorId> first_free(const FleetServer& server, std::int32_t count) {
  std::vector<AcceleratorId> accelerators;
  for (const AcceleratorId accelerator : server.accelerators.ids()) {
    if (static_cast<std::int32_t>(accelerators.size()) < count && server.accelerators[accelerator].free()) {
      accelerators.push_back(accelerator);
    }
  }
  return accelerators;
}

/// What is left of the racks' power budgets while a replica is placed.
class PowerLeft {
 public:
  PowerLeft(const Fleet& fleet, std::optional<Power> reserved) : fleet_(&fleet), reserved_(reserved.value_or(Power{})) {
    if (reserved && fleet.has_budgets()) {
      for (const RackId rack : fleet.racks().ids()) {
        left_w_.add(fleet.headroom_w(rack));
      }
    }
  }

  bool suffices(ServerId server, std::int32_t accelerators) const {
    return left_w_.empty() || needed_w(server, accelerators) <= left_w_[rack(server)];
  }

  void take(ServerId server, std::int32_t accelerators) {
    if (!left_w_.empty()) {
      left_w_[rack(server)] -= needed_w(server, accelerators);
    }
  }

 private:
  RackId rack(ServerId server) const { return fleet_->server(server).rack; }
  double needed_w(ServerId server, std::int32_t accelerators) const {
    return fleet_->start_w(server, {reserved_.tenth_mw * accelerators});
  }

  const Fleet* fleet_;
  Power reserved_;
  IndexedVector<RackId, double> left_w_;
};

}  // namespace

bool has_power(const Fleet& fleet, const Placement& placement, Power reserved) {
  PowerLeft left(fleet, reserved);
  for (const PlacementPart& part : placement.parts) {
    const auto accelerators = static_cast<std::int32_t>(part.accelerators.size());
    if (!left.suffices(part.server, accelerators)) {
      return false;
    }
    left.take(part.server, accelerators);
  }
  return true;
}

std::optional<Placement> allocate(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                                  std::int32_t per_stage, PlacementOrder order, std::optional<Power> reserved) {
  std::vector<Candidate> candidates;
  for (const ServerId id : fleet.servers().ids()) {
    const FleetServer& server = fleet.server(id);
    const std::int32_t room = server.type->name == server_type && server.available() ? free_accelerators(server) : 0;
    if (room >= per_stage) {
      candidates.push_back({.off = server.state() == ServerState::off || server.state() == ServerState::shutting_down,
                            .fullness = order == PlacementOrder::pack ? room : -room,
                            .server = id,
                            .room = room});
    }
  }
  std::sort(candidates.begin(), candidates.end());
  PowerLeft power(fleet, reserved);
  Placement placement;
  std::int32_t placed = 0;
  for (const Candidate& candidate : candidates) {
    std::int32_t here = std::min(candidate.room / per_stage, stages - placed);
    while (here > 0 && !power.suffices(candidate.server, here * per_stage)) {
      --here;
    }
    if (here == 0) {
      continue;
    }
    power.take(candidate.server, here * per_stage);
    placement.parts.push_back({.server = candidate.server,
                               .first_stage = placed,
                               .stages = here,
                               .accelerators = first_free(fleet.server(candidate.server), here * per_stage)});
    placed += here;
    if (placed == stages) {
      return placement;
    }
  }
  return std::nullopt;
}

}  // namespace idlewatt
