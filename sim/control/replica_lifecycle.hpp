// Replicas come and go: decides which start, wake, rest, drain and leave, and takes them through it.
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

/// Each function takes what has happened at `now`, up to which the cluster was settled, and adds to `effects` what
/// follows from it in time: starts, stops, sleeps and wakes are processes.
class ReplicaLifecycle {
 public:
  /// `cluster` and `processes` outlive it.
  ReplicaLifecycle(Cluster& cluster, Processes& processes, const Scenario& scenario);

  const StartTimes& times() const { return times_; }
  /// Null without power budgets.
  const PowerPlanner* power() const { return power_ ? &*power_ : nullptr; }

  /// Brings the pool to `target` members: new ones start, or are pending for want of room. Of too many, first those
  /// that are pending go, then those that start (cancelled), then sleeping ones, then ready ones, which drain.
  void set_target(RunningPool& pool, std::int32_t target, Ticks now, Effects& effects);
  /// Starts what is pending and there is room for. With power budgets: and what requests want to wake, as far as there
  /// is power, in the order of the power policy.
  void place_pending(Ticks now, Effects& effects);

  /// Carries out what an idle policy decided about a ready, idle replica.
  void rest(HostedReplica& replica, IdleAction action, Ticks now, Effects& effects);
  /// Wakes one sleeping replica of the pool, if there is one: asleep before unloaded, then swapped out, then the lowest
  /// number.
  void wake_one(RunningPool& pool, Ticks now, Effects& effects);
  /// Wakes a replica that sleeps, if there is power for it.
  void wake(HostedReplica& replica, Ticks now, Effects& effects);
  /// Wakes a replica of the pool and brings clocks up, if so many requests want it.
  void wake_for(RunningPool& pool, std::int64_t outstanding, Ticks now, Effects& effects);
  /// Shuts down a server without awake replicas.
  void power_off(ServerId server, Ticks now, Effects& effects);

  /// The ready replica takes no more requests, and is gone when it has finished those it has.
  void drain(HostedReplica& replica, Ticks now, Effects& effects);
  /// What a draining replica waited for has come, or is on its way no more.
  void continue_draining(HostedReplica& replica, Ticks now, Effects& effects);
  /// Ends whatever is under way for the replica, which is about to be lost. Its state stays as it is.
  void abandon(const HostedReplica& replica, Effects& effects);
  /// No replica that is swapped out has weights in the memory of the server any more.
  void forget_weights_on(ServerId server);
  /// A server boots that was lost and is repaired, if there is power for it.
  void reboot(ServerId server, Ticks now, Effects& effects);

  // Processes act.
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
  /// A replica or a server draws less from now on.
  void power_freed(Ticks now, Effects& effects);

  // Swapping (replica_swaps.cpp).
  void serve_swaps(Ticks now, Effects& effects);
  bool start_on_claim(HostedReplica& replica, Ticks now, Effects& effects);
  void claim(HostedReplica& replica, const SwapPosition& position, Ticks now, Effects& effects);
  void drop_claim(HostedReplica& replica);
  void drop_broken_claims();
  bool keep_weights(HostedReplica& replica);
  void leave_accelerators(HostedReplica& replica, Ticks now);
  /// Looks again when a replica that waits may have a chance.
  void watch_swaps(Ticks now, Effects& effects);

  Cluster* cluster_;
  Processes* processes_;
  std::unique_ptr<SwapPolicy> swap_policy_;  ///< null without swapping
  std::optional<SwapPlanner> swaps_;         ///< empty without swapping
  std::optional<PowerPlanner> power_;        ///< empty without power budgets
  StartTimes times_;
  ReplicaStarts starts_;
  std::map<const HostedReplica*, ProcessId> leaving_;  ///< of those that rest, drain or stop; looked up, never iterated
  std::optional<ProcessId> watch_;                     ///< looks again at swaps
  Ticks watch_at_ = 0;
};

}  // namespace idlewatt
