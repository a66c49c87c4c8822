// Control of a fleet: takes events with their times, and returns effects. It knows no clock and no network: `run/` has
// both, carries the effects out, and wakes the processes that wait for them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "control/autoscaler.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/fault_handler.hpp"
#include "control/idle_manager.hpp"
#include "control/process.hpp"
#include "control/replica_lifecycle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The one entry to control. Each function with a time requires that no later time has been passed before, and returns
/// the effects of its act. One act is over before the next begins.
class FleetController {
 public:
  /// Makes the controller. `scenario` and `cluster` must outlive it.
  FleetController(const Scenario& scenario, Cluster& cluster);
  FleetController(const FleetController&) = delete;
  FleetController& operator=(const FleetController&) = delete;

  /// Starts the loops of the autoscalers, the idle managers, the faults and the KV caches, in this order.
  Effects begin();

  /// Lets a process act: the time for which it waited has come, or its transfer has arrived.
  Effects resume(ProcessId process, Ticks now);

  /// Takes the next request, in order of arrival. The request is recorded, then looked up in the semantic cache or sent
  /// to its pool.
  Effects arrive(Request&& request);
  /// Lets the clients act whose time-out or next attempt is due at `now`.
  Effects act_for_clients(Ticks now);
  /// The time of the next action of a client; kNever when there is none.
  Ticks next_client_act() { return cluster_->log().attempts().next(); }
  /// True when the end of an attempt may make a client act before next_client_act().
  bool lets_clients_go() { return cluster_->log().attempts().letting_go(); }

  /// Settles every change up to `now`, including ends of lookups in the semantic cache.
  Effects settle(Ticks now);
  /// The time of the next change, unless a request arrives or control acts before.
  Ticks next_change() const { return std::min(cluster_->next_replica_change(), next_lookup()); }
  /// The end of the next lookup in the semantic cache; kNever when there is none. It must not be settled late, since
  /// the request then continues as if it arrived.
  Ticks next_lookup() const { return cluster_->cache() != nullptr ? cluster_->cache()->next() : kNever; }

  const Cluster& cluster() const { return *cluster_; }
  ReplicaLifecycle& lifecycle() { return lifecycle_; }
  const ReplicaLifecycle& lifecycle() const { return lifecycle_; }
  /// The processes, for acts outside control that take turns with them.
  Processes& processes() { return processes_; }

 private:
  void settle(Ticks now, Effects& effects);
  void ask(Request&& request, Ticks now, Effects& effects);
  void send_to_pool(Request&& request, Ticks now, Effects& effects);
  /// Asks the autoscaler, and brings the pool to its answer. Returns the time at which to ask again.
  Ticks decide(PoolId pool, Ticks now, Effects& effects);
  /// Handles a request that waits in a pool without any replica.
  void replica_wanted(const RunningPool& pool, Ticks now, Effects& effects);
  /// Updates the time of the KV loop after an event that may have changed it.
  void reschedule_kv(Ticks now, Effects& effects);

  // The acts of processes.
  void act(ProcessId id, AutoscalerLoop& loop, Ticks now, Effects& effects);
  void act(ProcessId id, IdleLoop& loop, Ticks now, Effects& effects);
  void act(ProcessId id, FaultLoop& loop, Ticks now, Effects& effects);
  void act(ProcessId id, KvLoop& loop, Ticks now, Effects& effects);
  void act(ProcessId id, KvFlowUnderWay& flow, Ticks now, Effects& effects);
  template <class Under>
  void act(ProcessId id, Under& process, Ticks now, Effects& effects) {
    lifecycle_.act(id, process, now, effects);
  }

  const Scenario* scenario_;
  Cluster* cluster_;
  Processes processes_;
  ReplicaLifecycle lifecycle_;
  IndexedVector<PoolId, std::unique_ptr<Autoscaler>> autoscalers_;
  IndexedVector<PoolId, std::unique_ptr<IdleManager>> idle_managers_;
  std::optional<FaultHandler> faults_;  ///< empty where the scenario has no faults
  std::optional<ProcessId> kv_loop_;    ///< empty where every pool does all of its requests
  Ticks kv_due_ = kNever;               ///< time that `run/` was told
};

}  // namespace idlewatt
