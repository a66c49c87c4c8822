// Decides which of the starts and wakes that wait for the power of a rack goes first. The planner carries nothing out;
// it changes only its notes of pending wakes.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "policy/power/power.hpp"

namespace idlewatt {

class PowerPlanner {
 public:
  /// Makes the planner. `cluster` must outlive it.
  PowerPlanner(const Cluster& cluster, std::unique_ptr<PowerPolicy> policy)
      : cluster_(&cluster), policy_(std::move(policy)), wake_wanted_since_(cluster.pools().size()) {}

  /// Notes that the pool wants to wake a sleeping replica from `now` on, if that is not noted already.
  void want_wake(PoolId pool, Ticks now) { wake_wanted_since_[pool] = wake_wanted_since_[pool].value_or(now); }
  /// Time since which the pool has wanted to wake a sleeping replica but lacked rack power; empty if no wake is
  /// pending.
  const std::optional<Ticks>& wake_wanted_since(PoolId pool) const { return wake_wanted_since_[pool]; }

  /// The next action: start a pending replica at a placement, or wake a sleeping one.
  struct Next {
    HostedReplica* replica = nullptr;
    std::optional<Placement> placement = {};  ///< empty for a wake
  };
  /// The next action; empty when power or room suffices for nothing that waits.
  std::optional<Next> next(Ticks now);

 private:
  /// A pending replica, or a pool that wants to wake a sleeping one.
  struct Waiting {
    RunningPool* pool = nullptr;
    HostedReplica* replica = nullptr;  ///< null: any sleeping replica
    double rank = 0.0;
    Ticks since = 0;
  };
  std::vector<Waiting> waiting(Ticks now);

  const Cluster* cluster_;
  std::unique_ptr<PowerPolicy> policy_;
  IndexedVector<PoolId, std::optional<Ticks>> wake_wanted_since_;
};

}  // namespace idlewatt
