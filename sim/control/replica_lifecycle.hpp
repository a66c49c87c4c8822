// The life of replicas: decides which start, wake, rest, drain and leave, and carries the decisions out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "base/ticks.hpp"
#include "control/cluster.hpp"
#include "control/effects.hpp"
#include "control/power_planner.hpp"
#include "control/process.hpp"
#include "control/replica_starts.hpp"
#include "control/start_times.hpp"
#include "control/swap_planner.hpp"
#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Starts and ends replicas. Each function takes an event at `now`, up to which the cluster must be settled.
/// Consequences that take time (starts, stops, sleeps, wakes) become processes, whose effects are added to `effects`.
class ReplicaLifecycle {
 public:
  /// Makes the lifecycle. `cluster` and `processes` must outlive it.
  ReplicaLifecycle(Cluster& cluster, Processes& processes, const Scenario& scenario);

  const StartTimes& times() const { return times_; }
  /// The planner of power budgets; null when no rack has one.
  const PowerPlanner* power() const { return power_ ? &*power_ : nullptr; }

  /// Brings the pool to `target` members. New members start, or are pending for lack of room. Surplus members leave in
  /// this order: pending, starting (their start is cancelled), sleeping, ready (they drain).
  void set_target(RunningPool& pool, std::int32_t target, Ticks now, Effects& effects);
  /// Starts pending replicas for which there is room. With power budgets, also wakes sleeping replicas that requests
  /// need; starts and wakes then go in the order of the power policy while power lasts.
  void place_pending(Ticks now, Effects& effects);

  /// Carries out the decision of an idle policy about a ready, idle replica.
  void rest(HostedReplica& replica, IdleAction action, Ticks now, Effects& effects);
  /// Wakes one sleeping replica of the pool, if there is one: asleep before unloaded before swapped out, then the one
  /// with the lowest number.
  void wake_one(RunningPool& pool, Ticks now, Effects& effects);
  /// Wakes a sleeping replica if the rack has power for it.
  void wake(HostedReplica& replica, Ticks now, Effects& effects);
  /// Wakes a replica of the pool, and raises clocks of a parked one, if `outstanding` requests need it.
  void wake_for(RunningPool& pool, std::int64_t outstanding, Ticks now, Effects& effects);
  /// Shuts down a server without awake replicas.
  void power_off(ServerId server, Ticks now, Effects& effects);

  /// Drains a ready replica: it takes no more requests, and is removed when it has finished its own.
  void drain(HostedReplica& replica, Ticks now, Effects& effects);
  /// Continues a drain after the event that the replica waited for has come, or will not come any more.
  void continue_draining(HostedReplica& replica, Ticks now, Effects& effects);
  /// Ends the processes of a replica that is about to be lost. Its state does not change.
  void abandon(const HostedReplica& replica, Ticks now, Effects& effects);
  /// Records that no swapped-out replica has weights in the memory of the server any more.
  void forget_weights_on(ServerId server);
  /// Boots a server that was lost and has been repaired, if the rack has power for it.
  void reboot(ServerId server, Ticks now, Effects& effects);

  // The acts of processes.
  void act(ProcessId id, StartPart& part, Ticks now, Effects& effects);
  void act(ProcessId id, WakeUp& wake, Ticks now, Effects& effects);
  void act(ProcessId id, Drain& drain, Ticks now, Effects& effects);
  void act(ProcessId id, GoToSleep& rest, Ticks now, Effects& effects);
  void act(ProcessId id, SwapOut& out, Ticks now, Effects& effects);
  void act(ProcessId id, SwapWatch& watch, Ticks now, Effects& effects);
  void act(ProcessId id, ServerShutdown& shutdown, Ticks now, Effects& effects);
  void act(ProcessId id, Reboot& reboot, Ticks now, Effects& effects);

 private:
  bool remove_one(RunningPool& pool, Ticks now, Effects& effects);
  void cancel_start(HostedReplica& replica, Ticks now, Effects& effects);
  void begin_draining(HostedReplica& replica, Ticks now, Effects& effects);
  void end_start(HostedReplica& replica, Ticks now, Effects& effects);
  void start_where_room_is(Ticks now, Effects& effects);
  void start_where_power_is(Ticks now, Effects& effects);
  /// Reacts to a replica or a server that draws less from now on.
  void power_freed(Ticks now, Effects& effects);

  // Swapping (replica_swaps.cpp).
  void serve_swaps(Ticks now, Effects& effects);
  bool start_on_claim(HostedReplica& replica, Ticks now, Effects& effects);
  void claim(HostedReplica& replica, const SwapPosition& position, Ticks now, Effects& effects);
  void drop_claim(HostedReplica& replica);
  void drop_broken_claims();
  bool keep_weights(HostedReplica& replica);
  void leave_accelerators(HostedReplica& replica, Ticks now);
  /// Schedules the next check for replicas that wait for accelerators.
  void watch_swaps(Ticks now, Effects& effects);

  Cluster* cluster_;
  Processes* processes_;
  std::unique_ptr<SwapPolicy> swap_policy_;  ///< null without swapping
  std::optional<SwapPlanner> swaps_;         ///< empty without swapping
  std::optional<PowerPlanner> power_;        ///< empty without power budgets
  StartTimes times_;
  ReplicaStarts starts_;
  std::map<const HostedReplica*, ProcessId> leaving_;  ///< replicas that rest, drain or stop; never iterated
  std::optional<ProcessId> watch_;                     ///< looks again at swaps
  Ticks watch_at_ = 0;
};

}  // namespace idlewatt
