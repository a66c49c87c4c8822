// The idle policy of a pool at work: decides about replicas without requests and servers without replicas.
#pragma once

#include <memory>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/replica_lifecycle.hpp"
#include "control/trace_forecast.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class IdleManager {
 public:
  /// Makes the manager, which decides about the pool's replicas and the servers that the pool manages. All arguments
  /// must outlive it.
  IdleManager(const Scenario& scenario, Cluster& cluster, RunningPool& pool, ReplicaLifecycle& lifecycle);

  /// Acts on everything that is due at `now`. Requires that the cluster is settled up to `now`. Returns the time at
  /// which something may be due next.
  Ticks look(Ticks now, Effects& effects);

 private:
  IdleView view(Ticks now) const;
  void look_at_idle(HostedReplica& replica, Ticks now, Effects& effects);
  void look_at_sleeping(HostedReplica& replica, Ticks now, Effects& effects);
  void look_at_empty(ServerId server, Ticks now, Effects& effects);

  Cluster* cluster_;
  RunningPool* pool_;
  ReplicaLifecycle* lifecycle_;
  IdlePolicy* policy_;
  std::unique_ptr<TraceArrivals> forecast_;  ///< null unless the policy is declared clairvoyant
  Ticks next_ = kNever;
};

}  // namespace idlewatt
