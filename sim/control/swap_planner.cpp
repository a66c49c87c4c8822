#include "control/swap_planner.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace idlewatt {
namespace {

bool is_off(const FleetServer& server) {
  return server.state() == ServerState::off || server.state() == ServerState::shutting_down;
}

ReplicaName name_of(const HostedReplica& replica) {
  return {replica.pool().id(), replica.id()};
}

/// Stable: of replicas in their state for equally long the first pool's goes first, then the lowest number.
void sort_by_state_since(std::vector<HostedReplica*>& replicas) {
  std::stable_sort(replicas.begin(), replicas.end(),
                   [](const HostedReplica* a, const HostedReplica* b) { return a->state_since() < b->state_since(); });
}

}  // namespace

bool SwapPosition::is_better_than(const SwapPosition& other) const {
  return std::tie(off, last) < std::tie(other.off, other.last);
}

std::vector<HostedReplica*> SwapPlanner::waiting() const {
  std::vector<HostedReplica*> waiting;
  for (const auto& pool : cluster_->pools()) {
    if (pool->swapped() && pool->replicas().count(ReplicaState::pending) > 0) {
      for (const auto& replica : pool->replicas().all()) {
        if (replica->state() == ReplicaState::pending) {
          waiting.push_back(replica.get());
        }
      }
    }
  }
  sort_by_state_since(waiting);
  return waiting;
}

bool SwapPlanner::may_leave(const HostedReplica& replica, Ticks now) const {
  return sleeps_in_place(replica.state()) ||
         (replica.state() == ReplicaState::ready && now - replica.state_since() >= rules().residence);
}

std::optional<SwapPosition> SwapPlanner::position_on(ServerId id, const HostedReplica& replica, bool from_busy,
                                                     Ticks now) const {
  const RunningPool& pool = replica.pool();
  const FleetServer& server = cluster_->fleet().server(id);
  if (server.type->name != pool.settings().server || !server.available()) {
    return std::nullopt;
  }
  const auto needed = static_cast<std::size_t>(pool.settings().parallel.tensor);
  SwapPosition position{.placement = {.parts = {{.server = id, .accelerators = {}}}}, .off = is_off(server)};
  std::vector<AcceleratorId>& accelerators = position.placement.parts.front().accelerators;
  for (const AcceleratorId accelerator : server.accelerators.ids()) {
    if (accelerators.size() < needed && server.accelerators[accelerator].free()) {
      accelerators.push_back(accelerator);
    }
  }
  if (accelerators.size() == needed) {
    if (pool.replicas().placer().has_power(position.placement)) {
      return position;
    }
    accelerators.clear();  // a replica that leaves gives power, too
  }
  std::vector<std::pair<SwapPosition::Loss, HostedReplica*>> others;
  for (const auto& other_pool : cluster_->pools()) {
    if (!other_pool->swapped() || other_pool.get() == &pool || other_pool->settings().server != server.type->name) {
      continue;
    }
    const std::int64_t arrivals = other_pool->meter().counts().arrivals;
    for (const auto& other : other_pool->replicas().all()) {
      if (!other->placement().is_on(id) || !may_leave(*other, now) || (other->outstanding() > 0 && !from_busy)) {
        continue;
      }
      const double rank = from_busy
                              ? static_cast<double>(other->state_since())
                              : policy_->rank({.now = now, .free_since = other->free_since(), .arrivals = arrivals});
      others.push_back({{.awake = other->state() == ReplicaState::ready,
                         .rank = rank,
                         .pool = other_pool->id(),
                         .replica = other->id()},
                        other.get()});
    }
  }
  std::sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [loss, other] : others) {
    if (accelerators.size() >= needed) {
      break;
    }
    for (const AcceleratorId accelerator : other->placement().parts.front().accelerators) {
      if (accelerators.size() < needed) {
        accelerators.push_back(accelerator);
      }
    }
    position.leaving.push_back(other);
    position.last = loss;
  }
  std::sort(accelerators.begin(), accelerators.end());
  return accelerators.size() == needed ? std::optional(std::move(position)) : std::nullopt;
}

std::optional<SwapPosition> SwapPlanner::best_position(const HostedReplica& replica, bool from_busy, Ticks now) const {
  std::optional<SwapPosition> best;
  for (const ServerId server : cluster_->fleet().servers().ids()) {
    std::optional<SwapPosition> position = position_on(server, replica, from_busy, now);
    if (position && (!best || position->is_better_than(*best))) {
      best = std::move(position);
    }
  }
  return best;
}

std::optional<SwapPosition> SwapPlanner::position_for(const HostedReplica& replica, Ticks now) const {
  const bool impatient = now - replica.state_since() >= rules().patience;
  const std::optional<ServerId> home = replica.weights_cached_on();
  const bool has_home = home && cluster_->fleet().server(*home).available();
  if (has_home) {
    std::optional<SwapPosition> position = position_on(*home, replica, false, now);
    if (position || !impatient) {
      return position;
    }
  }
  if (std::optional<Placement> placement = replica.pool().replicas().placer().find_place()) {
    return SwapPosition{.placement = std::move(*placement)};
  }
  if (has_home) {
    return position_on(*home, replica, true, now);
  }
  std::optional<SwapPosition> position = best_position(replica, false, now);
  return position || !impatient ? position : best_position(replica, true, now);
}

std::optional<std::vector<HostedReplica*>> SwapPlanner::evicted_for(const HostedReplica& replica) const {
  if (!rules().to_host_memory) {
    return std::nullopt;
  }
  const ServerId id = replica.placement().parts.front().server;
  const FleetServer& server = cluster_->fleet().server(id);
  const double needed = replica.pool().replicas().load_times().group_bytes();
  double room =
      rules().memory_share * server.type->host_memory_bytes.value - server.memory.bytes_without(name_of(replica));
  std::vector<HostedReplica*> sleepers;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& other : pool->replicas().all()) {
      if (other->state() == ReplicaState::swapped_out && other->weights_cached_on() == id) {
        sleepers.push_back(other.get());
      }
    }
  }
  sort_by_state_since(sleepers);
  auto end = sleepers.begin();  // of those that go
  for (; room < needed && end != sleepers.end(); ++end) {
    room += server.memory.bytes_of(name_of(**end));
  }
  if (room < needed) {
    return std::nullopt;
  }
  sleepers.erase(end, sleepers.end());
  return sleepers;
}

Ticks SwapPlanner::next_chance(Ticks now) const {
  Ticks next = kNever;
  const auto add = [&](Ticks time) { next = time > now ? std::min(next, time) : next; };
  bool waits = false;
  for (const HostedReplica* replica : waiting()) {
    if (replica->claim().parts.empty()) {
      waits = true;
      add(replica->state_since() + rules().patience);
    }
  }
  if (!waits) {
    return kNever;
  }
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (pool->swapped() && replica->state() == ReplicaState::ready) {
        add(replica->state_since() + rules().residence);
        if (replica->outstanding() > 0) {
          add(std::max(time_of(replica->serving().next_change()), now + 1));
        }
      }
    }
  }
  return next;
}

}  // namespace idlewatt
