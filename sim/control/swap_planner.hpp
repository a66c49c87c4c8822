// More models than accelerators: which replicas leave their accelerators to others. The planner decides and carries
// nothing out; ReplicaLifecycle carries its decisions out (replica_swaps.cpp).
//
// Replicas that wait for accelerators are served first come, first served. Each is offered the free accelerators of one
// server, plus those that idle replicas of other pools hold; the swapping policy decides which idle replica leaves
// first. A replica whose weights are in host memory waits for accelerators of that server; when its patience ends it
// takes free accelerators anywhere. When the patience of a replica ends and all others are busy, the replicas that have
// been ready for longest finish their requests and leave. From the decision on, the accelerators are set aside for the
// replica that waits, so no other replica overtakes it. No replica is swapped out before its residence is over: however
// many wait, most of the time is spent on work, and each gets its turn.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "policy/swap/swap.hpp"

namespace idlewatt {

/// Accelerators for a waiting replica, and the replicas that must leave them first.
struct SwapPosition {
  /// The loss that the departure of a replica causes; the replica with the least loss leaves first.
  struct Loss {
    bool awake = false;
    double rank = 0.0;
    PoolId pool;
    ReplicaId replica;
    auto operator<=>(const Loss&) const = default;
  };

  Placement placement;
  std::vector<HostedReplica*> leaving = {};
  bool off = false;  ///< true: the server is off
  Loss last = {};    ///< largest loss among the replicas that leave

  bool is_better_than(const SwapPosition& other) const;
};

class SwapPlanner {
 public:
  /// Makes the planner. All arguments must outlive it.
  SwapPlanner(const Cluster& cluster, const SwapPolicy& policy) : cluster_(&cluster), policy_(&policy) {}

  const SwapRules& rules() const { return policy_->rules(); }
  /// Replicas that wait for accelerators, the longest-waiting first.
  std::vector<HostedReplica*> waiting() const;
  /// Accelerators for a waiting replica that has none set aside; empty when there are none for it now.
  std::optional<SwapPosition> position_for(const HostedReplica& replica, Ticks now) const;
  /// The time at which the next waiting replica may get accelerators without any other event; kNever when no replica
  /// waits.
  Ticks next_chance(Ticks now) const;
  /// The replicas whose weights must leave the server's memory for those of `replica`, which is placed there. Empty
  /// optional: there is no room for them, or the policy keeps no weights.
  std::optional<std::vector<HostedReplica*>> evicted_for(const HostedReplica& replica) const;

 private:
  bool may_leave(const HostedReplica& replica, Ticks now) const;
  std::optional<SwapPosition> position_on(ServerId server, const HostedReplica& replica, bool from_busy,
                                          Ticks now) const;
  std::optional<SwapPosition> best_position(const HostedReplica& replica, bool from_busy, Ticks now) const;

  const Cluster* cluster_;
  const SwapPolicy* policy_;
};

}  // namespace idlewatt
