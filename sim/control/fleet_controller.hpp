// Control of a fleet: takes what happens and when, and returns what is to be done about it. Knows no clock and no
// network: `run/` has both, carries the effects out, and wakes the processes that wait for them.
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

/// Every function that takes a time requires that nothing later has been told before, and returns the effects of the
/// act. One act is over before the next begins.
class FleetController {
 public:
  /// `scenario` and `cluster` outlive it.
  FleetController(const Scenario& scenario, Cluster& cluster);
  FleetController(const FleetController&) = delete;
  FleetController& operator=(const FleetController&) = delete;

  /// Begins the loops of the autoscalers, the idle managers, the faults and the KV caches, in this order.
  Effects begin();

  /// The process acts: the time for which it waited has come, or what was under way for it has arrived.
  Effects resume(ProcessId process, Ticks now);

  /// The next request, in order of arrival: written down, then looked up in the semantic cache, or sent to its pool.
  Effects arrive(Request request);
  /// Clients give up, or try again, that are due at `now`.
  Effects act_for_clients(Ticks now);
  /// When a client next gives up or tries again; kNever when none will.
  Ticks next_client_act() { return cluster_->log().attempts().next(); }
  /// Whether the end of an attempt may make a client act before next_client_act().
  bool lets_clients_go() { return cluster_->log().attempts().letting_go(); }

  /// Takes every change up to `now`, ends of lookups in the semantic cache among them.
  Effects settle(Ticks now);
  /// When anything settles next, unless something arrives or control acts before.
  Ticks next_change() const { return std::min(cluster_->next_replica_change(), next_lookup()); }
  /// When the next lookup in the semantic cache ends: like an arrival, that must not be settled late. kNever when there
  /// is none.
  Ticks next_lookup() const { return cluster_->cache() != nullptr ? cluster_->cache()->next() : kNever; }

  const Cluster& cluster() const { return *cluster_; }
  ReplicaLifecycle& lifecycle() { return lifecycle_; }
  const ReplicaLifecycle& lifecycle() const { return lifecycle_; }
  /// For acts beside control's own, which take their turns with the processes.
  Processes& processes() { return processes_; }

 private:
  void settle(Ticks now, Effects& effects);
  void ask(Request request, Ticks now, Effects& effects);
  void send_to_pool(Request request, Ticks now, Effects& effects);
  /// The autoscaler decides, and the pool follows. Returns when to ask it again.
  Ticks decide(PoolId pool, Ticks now, Effects& effects);
  /// A request waits, and the pool has no replica at all.
  void replica_wanted(const RunningPool& pool, Ticks now, Effects& effects);
  /// What has happened may have changed when the loop of KV caches is due.
  void reschedule_kv(Ticks now, Effects& effects);

  // Processes act.
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
  Ticks kv_due_ = kNever;               ///< as `run/` was told
};

}  // namespace idlewatt
