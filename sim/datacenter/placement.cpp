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

/// What is left of the racks' power budgets while a replica is placed.
class PowerLeft {
 public:
  PowerLeft(const Fleet& fleet, std::optional<Power> reserved) : fleet_(&fleet), reserved_(reserved.value_or(Power{})) {
    for (std::size_t rack = 0; reserved && fleet.has_budgets() && rack < fleet.racks().size(); ++rack) {
      left_w_.push_back(fleet.headroom_w(static_cast<std::int32_t>(rack)));
    }
  }

  bool suffices(std::int32_t server, std::int32_t accelerators) const {
    return left_w_.empty() || needed_w(server, accelerators) <= left_w_[rack(server)];
  }

  void take(std::int32_t server, std::int32_t accelerators) {
    if (!left_w_.empty()) {
      left_w_[rack(server)] -= needed_w(server, accelerators);
    }
  }

 private:
  std::size_t rack(std::int32_t server) const {
    return static_cast<std::size_t>(fleet_->servers()[static_cast<std::size_t>(server)].rack);
  }
  double needed_w(std::int32_t server, std::int32_t accelerators) const {
    return fleet_->start_w(server, {reserved_.tenth_mw * accelerators});
  }

  const Fleet* fleet_;
  Power reserved_;
  std::vector<double> left_w_;
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

std::optional<Placement> place(const Fleet& fleet, const std::string& server_type, std::int32_t stages,
                               std::int32_t per_stage, PlacementOrder order, std::optional<Power> reserved) {
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
