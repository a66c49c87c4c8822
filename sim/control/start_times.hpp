// How long starts and wakes of replicas take while nobody else loads: what policies are told.
#pragma once

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "policy/swap/swap.hpp"

namespace idlewatt {

class StartTimes {
 public:
  /// `cluster` and `swapping` (null without swapping) outlive it.
  StartTimes(const Cluster& cluster, const SwapPolicy* swapping) : cluster_(&cluster), swapping_(swapping) {}

  /// How long a start takes while nobody else loads, from servers that are off where the idle policy powers off: the
  /// longer of loading over the network (image and weights) and from the servers' disks. A replica on several servers
  /// counts as on empty ones of one rack, which share its uplink.
  Ticks cold_start(const RunningPool& pool) const;
  /// How long a sleeping, unloaded or swapped-out replica takes to be ready when it is woken at `now`, likewise while
  /// nobody else loads.
  Ticks time_to_wake(const HostedReplica& replica, Ticks now) const;
  /// How long weights take from host memory to accelerators that are free. Requires a swapping policy.
  Ticks swap_in(const RunningPool& pool) const;

 private:
  /// From the store to a server, when nobody else loads to its rack.
  double shared_bytes_per_s(const FleetServer& server) const;

  const Cluster* cluster_;
  const SwapPolicy* swapping_;
};

}  // namespace idlewatt
