// Which of the starts and wakes that wait for the power of a rack goes first. The planner decides and changes nothing
// but the note of a wake that nobody wants any more.
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
  /// `cluster` outlives it.
  PowerPlanner(const Cluster& cluster, std::unique_ptr<PowerPolicy> policy)
      : cluster_(&cluster), policy_(std::move(policy)), wake_wanted_since_(cluster.pools().size()) {}

  /// The pool wants one of its sleeping replicas from `now` on, if it did not before.
  void want_wake(PoolId pool, Ticks now) { wake_wanted_since_[pool] = wake_wanted_since_[pool].value_or(now); }
  /// Time since which the pool has wanted to wake a sleeping replica but lacked rack power; empty if no wake is
  /// pending.
  const std::optional<Ticks>& wake_wanted_since(PoolId pool) const { return wake_wanted_since_[pool]; }

  /// The next thing to do: a pending replica starts at the placement, or a sleeping one wakes.
  struct Next {
    HostedReplica* replica = nullptr;
    std::optional<Placement> placement = {};  ///< empty for a wake
  };
  /// Empty when there is no power or no room for anything that waits.
  std::optional<Next> next(Ticks now);

 private:
  /// A pending replica, or a pool that wants a sleeping one.
  struct Waiting {
    RunningPool* pool = nullptr;
    HostedReplica* replica = nullptr;  ///< null: any that sleeps
    double rank = 0.0;
    Ticks since = 0;
  };
  std::vector<Waiting> waiting(Ticks now);

  const Cluster* cluster_;
  std::unique_ptr<PowerPolicy> policy_;
  IndexedVector<PoolId, std::optional<Ticks>> wake_wanted_since_;
};

}  // namespace idlewatt
