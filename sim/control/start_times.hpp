// The durations of starts and wakes of replicas when nothing else loads, as policies are told.
#pragma once

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "policy/swap/swap.hpp"

namespace idlewatt {

/// Estimates the durations of starts and wakes.
class StartTimes {
 public:
  /// Makes the times. `swapping` is null without swapping. `cluster` and `swapping` must outlive this object.
  StartTimes(const Cluster& cluster, const SwapPolicy* swapping) : cluster_(&cluster), swapping_(swapping) {}

  /// The time of a start when nothing else loads; from servers that are off if the idle policy powers servers off. It
  /// is the longer of loading over the network (image and weights) and loading from the servers' disks. A replica on
  /// several servers counts as on empty servers of one rack, which share its uplink.
  Ticks cold_start(const RunningPool& pool) const;
  /// The time until a sleeping, unloaded or swapped-out replica is ready when it is woken at `now` and nothing else
  /// loads.
  Ticks time_to_wake(const HostedReplica& replica, Ticks now) const;
  /// The time to load weights from host memory to free accelerators. Requires a swapping policy.
  Ticks swap_in(const RunningPool& pool) const;

 private:
  /// The bandwidth from the store to a server when nothing else loads to its rack.
  double shared_bytes_per_s(const FleetServer& server) const;
  /// Seconds to load image and weights of a replica of the pool onto servers like this one with empty disks.
  double empty_load_s(const RunningPool& pool, const FleetServer& server) const;

  const Cluster* cluster_;
  const SwapPolicy* swapping_;
};

}  // namespace idlewatt
