#include "control/power_planner.hpp"

#include <algorithm>
#include <tuple>

namespace idlewatt {
namespace {

std::int32_t sleeping(const RunningPool& pool) {
  return pool.replicas().count(ReplicaState::asleep) + pool.replicas().count(ReplicaState::unloaded);
}

/// Whether a pool that lacked power for a wake still wants it.
bool still_wants(const RunningPool& pool, Ticks since, Ticks now) {
  if (sleeping(pool) == 0) {
    return false;
  }
  const IdleView view = pool.idle_view(now);
  // At the moment of asking the request that wants it is not counted yet.
  return since == now || pool.requests().starved() ||
         (view.outstanding > 0 && pool.idle_policy().wake({.awake = view.awake, .outstanding = view.outstanding}));
}

/// The sleeping replica that a wake would bring back first, of those there is power for.
HostedReplica* wakeable(const RunningPool& pool) {
  for (const ReplicaState state : {ReplicaState::asleep, ReplicaState::unloaded}) {
    for (const auto& replica : pool.replicas().all()) {
      if (replica->state() == state && pool.replicas().placer().has_power(replica->placement())) {
        return replica.get();
      }
    }
  }
  return nullptr;
}

}  // namespace

std::vector<PowerPlanner::Waiting> PowerPlanner::waiting(Ticks now) {
  std::vector<Waiting> waiting;
  for (const auto& pool : cluster_->pools()) {
    const IdleView view = pool->idle_view(now);
    const auto add = [&](HostedReplica* replica, Ticks since) {
      const double rank =
          policy_->rank({.pool = pool->id(), .since = since, .outstanding = view.outstanding, .awake = view.awake});
      waiting.push_back({pool.get(), replica, rank, since});
    };
    for (const auto& replica : pool->replicas().all()) {
      // Others make room for pending replicas of swapped pools, in an order of their own.
      if (replica->state() == ReplicaState::pending && !pool->swapped()) {
        add(replica.get(), replica->state_since());
      }
    }
    std::optional<Ticks>& wanted = wake_wanted_since_[pool->id()];
    if (wanted && still_wants(*pool, *wanted, now)) {
      add(nullptr, *wanted);
    } else {
      wanted.reset();
    }
  }
  // Stable: of equals the first pool's goes first, then the lowest number.
  std::stable_sort(waiting.begin(), waiting.end(), [](const Waiting& a, const Waiting& b) {
    return std::tie(a.rank, a.since) < std::tie(b.rank, b.since);
  });
  return waiting;
}

std::optional<PowerPlanner::Next> PowerPlanner::next(Ticks now) {
  for (const Waiting& waiting : waiting(now)) {
    const ReplicaSet& replicas = waiting.pool->replicas();
    if (waiting.replica != nullptr) {
      if (std::optional<Placement> placement = replicas.placer().find_place()) {
        return Next{waiting.replica, std::move(placement)};
      }
      if (!replicas.placer().has_room()) {
        continue;  // it waits for accelerators, not for power
      }
    } else if (HostedReplica* replica = wakeable(*waiting.pool)) {
      wake_wanted_since_[waiting.pool->id()].reset();
      return Next{replica, {}};
    }
    if (!policy_->overtaking()) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace idlewatt
