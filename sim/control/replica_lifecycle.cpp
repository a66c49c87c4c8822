#include "control/replica_lifecycle.hpp"

#include <algorithm>

#include "scenario/policy/chosen_policy.hpp"
#include "scenario/pool/swapping.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<SwapPolicy> swap_policy(const Scenario& scenario) {
  return swaps(scenario) ? chosen_of(SwapFamily::built_in(), scenario.swapping).make(scenario.swapping.parameters)
                         : nullptr;
}

}  // namespace

ReplicaLifecycle::ReplicaLifecycle(Cluster& cluster, Processes& processes, const Scenario& scenario)
    : cluster_(&cluster),
      processes_(&processes),
      swap_policy_(swap_policy(scenario)),
      times_(cluster, swap_policy_.get()),
      starts_(cluster, processes, times_) {
  if (swap_policy_) {
    swaps_.emplace(cluster, *swap_policy_);
  }
  if (cluster.fleet().has_budgets()) {
    power_.emplace(cluster, chosen_power(scenario.power).make(scenario.power.parameters));
  }
}

// ---- Targets ----

void ReplicaLifecycle::set_target(RunningPool& pool, std::int32_t target, Ticks now, Effects& effects) {
  ReplicaSet& replicas = pool.replicas();
  const std::int32_t wanted = std::clamp(target, pool.settings().replicas.minimum, pool.settings().replicas.maximum);
  replicas.set_target(wanted, now);
  while (replicas.members() > wanted && remove_one(pool, now, effects)) {
  }
  while (replicas.members() < replicas.target()) {
    replicas.add_pending(now);
  }
  place_pending(now, effects);
  if (pool.requests().starved()) {  // the start that requests waited for was cancelled
    wake_one(pool, now, effects);
  }
}

bool ReplicaLifecycle::remove_one(RunningPool& pool, Ticks now, Effects& effects) {
  ReplicaSet& replicas = pool.replicas();
  // The latest of a kind goes first.
  const auto last = [&replicas](auto&& matches) -> HostedReplica* {
    const auto found = std::find_if(replicas.all().rbegin(), replicas.all().rend(),
                                    [&](const auto& replica) { return matches(replica->state()); });
    return found == replicas.all().rend() ? nullptr : found->get();
  };
  if (HostedReplica* pending = last([](ReplicaState state) { return state == ReplicaState::pending; })) {
    drop_claim(*pending);
    replicas.remove(*pending, now);
  } else if (HostedReplica* starting = last([](ReplicaState state) { return state == ReplicaState::starting; })) {
    cancel_start(*starting, now, effects);
  } else if (HostedReplica* sleeping = last(can_be_woken)) {
    replicas.remove(*sleeping, now);
  } else if (HostedReplica* ready = replicas.drain_victim()) {
    drain(*ready, now, effects);
  } else {
    return false;
  }
  return true;
}

void ReplicaLifecycle::cancel_start(HostedReplica& replica, Ticks now, Effects& effects) {
  starts_.cancel(replica, now, effects);
  const Placement placement = replica.placement();
  replica.pool().replicas().remove(replica, now);
  cluster_->fleet().stop_boots(placement, now);
}

void ReplicaLifecycle::abandon(const HostedReplica& replica, Ticks now, Effects& effects) {
  starts_.cancel(replica, now, effects);
  if (const auto leaving = leaving_.find(&replica); leaving != leaving_.end()) {
    processes_->cancel(leaving->second, effects);
    leaving_.erase(leaving);
  }
}

// ---- Starts ----

void ReplicaLifecycle::place_pending(Ticks now, Effects& effects) {
  if (power_) {
    start_where_power_is(now, effects);
  } else {
    start_where_room_is(now, effects);
  }
  if (swaps_) {
    serve_swaps(now, effects);
  }
}

void ReplicaLifecycle::start_where_room_is(Ticks now, Effects& effects) {
  for (const auto& pool : cluster_->pools()) {
    if (pool->swapped()) {
      continue;
    }
    for (const auto& replica : pool->replicas().all()) {
      if (replica->state() != ReplicaState::pending) {
        continue;
      }
      if (const std::optional<Placement> placement = pool->replicas().placer().find_place()) {
        pool->replicas().take(*replica, *placement, now);
        starts_.begin(*replica, now, effects);
      }
    }
  }
}

void ReplicaLifecycle::start_where_power_is(Ticks now, Effects& effects) {
  // Each start leaves less power for the others: after each, everything that waits is looked at anew.
  while (const std::optional<PowerPlanner::Next> next = power_->next(now)) {
    if (next->placement) {
      next->replica->pool().replicas().take(*next->replica, *next->placement, now);
      starts_.begin(*next->replica, now, effects);
    } else {
      wake(*next->replica, now, effects);
    }
  }
}

void ReplicaLifecycle::power_freed(Ticks now, Effects& effects) {
  if (power_) {
    place_pending(now, effects);
  }
}

void ReplicaLifecycle::end_start(HostedReplica& replica, Ticks now, Effects& effects) {
  RunningPool& pool = replica.pool();
  pool.replicas().become_ready(replica, now);
  pool.requests().serve_unrouted(now);
  if (swaps_) {  // if the replica turns out to be idle, another may want its accelerators
    watch_swaps(now, effects);
  }
}

void ReplicaLifecycle::act(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  if (HostedReplica* ready = starts_.act(id, part, now, effects)) {
    end_start(*ready, now, effects);
  }
}

void ReplicaLifecycle::act(ProcessId id, WakeUp& wake, Ticks now, Effects& effects) {
  if (HostedReplica* ready = starts_.act(id, wake, now, effects)) {
    end_start(*ready, now, effects);
  }
}

// ---- Drains ----

void ReplicaLifecycle::drain(HostedReplica& replica, Ticks now, Effects& effects) {
  replica.pool().replicas().set_state(replica, ReplicaState::draining, now);
  begin_draining(replica, now, effects);
}

void ReplicaLifecycle::begin_draining(HostedReplica& replica, Ticks now, Effects& effects) {
  leaving_[&replica] = processes_->begin(Drain{&replica}, now, effects);
}

void ReplicaLifecycle::continue_draining(HostedReplica& replica, Ticks now, Effects& effects) {
  const auto leaving = leaving_.find(&replica);
  if (replica.state() == ReplicaState::draining && leaving != leaving_.end() &&
      !processes_->is_running(leaving->second)) {
    begin_draining(replica, now, effects);
  }
}

void ReplicaLifecycle::act(ProcessId id, Drain& drain, Ticks now, Effects& effects) {
  HostedReplica& replica = *drain.replica;
  ReplicaSet& replicas = replica.pool().replicas();
  if (replica.state() == ReplicaState::stopping) {
    leaving_.erase(&replica);
    processes_->end(id);
    replicas.remove(replica, now);
    place_pending(now, effects);
  } else if (replica.empty()) {
    replicas.set_state(replica, ReplicaState::stopping, now);
    effects.push_back(Wait{id, now + to_ticks(replica.pool().engine().stop_s.value)});
  } else if (replica.serving().next_change() == kNoChange) {
    processes_->end(id);  // KV caches are on their way to it or from it: continue_draining()
  } else {
    effects.push_back(Wait{id, std::max(time_of(replica.serving().next_change()), now + 1)});
  }
}

// ---- Rests and wakes ----

void ReplicaLifecycle::rest(HostedReplica& replica, IdleAction action, Ticks now, Effects& effects) {
  RunningPool& pool = replica.pool();
  if (action == IdleAction::park || action == IdleAction::park_deep) {
    pool.replicas().park(replica, action, now);
    return;
  }
  pool.replicas().set_state(replica, ReplicaState::going_to_sleep, now);
  const ReplicaState becomes = action == IdleAction::sleep ? ReplicaState::asleep : ReplicaState::unloaded;
  leaving_[&replica] =
      processes_->begin(GoToSleep{&replica, becomes}, now + to_ticks(pool.engine().stop_s.value), effects);
}

void ReplicaLifecycle::act(ProcessId id, GoToSleep& rest, Ticks now, Effects& effects) {
  HostedReplica& replica = *rest.replica;
  const ReplicaState becomes = rest.becomes;
  RunningPool& pool = replica.pool();
  leaving_.erase(&replica);
  processes_->end(id);
  pool.replicas().enter(replica, AcceleratorState::idle_empty, pool.empty_power(), now);
  pool.replicas().set_state(replica, becomes, now);
  if (pool.requests().starved()) {
    wake_one(pool, now, effects);
  }
  power_freed(now, effects);
  if (swaps_) {  // the replica leaves its accelerators easily now
    serve_swaps(now, effects);
  }
}

void ReplicaLifecycle::wake_for(RunningPool& pool, std::int64_t outstanding, Ticks now, Effects& effects) {
  if (pool.requests().wants_wake(outstanding)) {
    wake_one(pool, now, effects);
  }
  pool.requests().unpark_for(outstanding, now);
}

void ReplicaLifecycle::wake_one(RunningPool& pool, Ticks now, Effects& effects) {
  const ReplicaSet& replicas = pool.replicas();
  if (power_ && replicas.count(ReplicaState::asleep) + replicas.count(ReplicaState::unloaded) > 0) {
    power_->want_wake(pool.id(), now);
    start_where_power_is(now, effects);
    return;
  }
  for (const ReplicaState state : {ReplicaState::asleep, ReplicaState::unloaded, ReplicaState::swapped_out}) {
    for (const auto& replica : replicas.all()) {
      if (replica->state() == state) {
        wake(*replica, now, effects);
        return;
      }
    }
  }
}

void ReplicaLifecycle::wake(HostedReplica& replica, Ticks now, Effects& effects) {
  ReplicaSet& replicas = replica.pool().replicas();
  if (replica.state() == ReplicaState::swapped_out) {
    replicas.set_state(replica, ReplicaState::pending, now);
    place_pending(now, effects);
    return;
  }
  if (power_ && !replicas.placer().has_power(replica.placement())) {
    return;
  }
  const bool asleep = replica.state() == ReplicaState::asleep;
  replicas.set_state(replica, ReplicaState::starting, now);
  if (asleep) {
    starts_.begin_wake(replica, now, effects);
  } else {
    starts_.begin(replica, now, effects);
  }
}

// ---- Servers ----

void ReplicaLifecycle::power_off(ServerId server, Ticks now, Effects& effects) {
  // What sleeps in host memory does not outlive its server; of a replica on several, no part is of use without the
  // rest.
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (replica->state() == ReplicaState::asleep && replica->placement().is_on(server)) {
        pool->replicas().set_state(*replica, ReplicaState::unloaded, now);
      }
    }
  }
  forget_weights_on(server);
  cluster_->fleet().begin_shutdown(server, now);
  power_freed(now, effects);
  const ProcessId id = processes_->begin(ServerShutdown{server});
  effects.push_back(ShutDown{id, server, cluster_->fleet().server(server).power_change_at});
}

void ReplicaLifecycle::act(ProcessId id, ServerShutdown& shutdown, Ticks now, Effects& effects) {
  const ServerId server = shutdown.server;
  processes_->end(id);
  cluster_->fleet().end_shutdown(server, now);
  power_freed(now, effects);
}

void ReplicaLifecycle::reboot(ServerId server, Ticks now, Effects& effects) {
  processes_->begin(Reboot{.server = server}, now, effects);
}

void ReplicaLifecycle::act(ProcessId id, Reboot& reboot, Ticks now, Effects& effects) {
  Fleet& fleet = cluster_->fleet();
  const FleetServer& server = fleet.server(reboot.server);
  if (reboot.step == Reboot::Step::booted) {
    fleet.end_boot(reboot.server, now);
    processes_->end(id);
    return;
  }
  // Without power for it, the server boots when a replica starts on it.
  if (server.state() == ServerState::off && server.available() &&
      fleet.headroom_w(server.rack) >= fleet.start_w(reboot.server, Power{})) {
    fleet.begin_boot(reboot.server, now);
    reboot.step = Reboot::Step::booted;
    effects.push_back(Boot{id, reboot.server, server.power_change_at});
  } else {
    processes_->end(id);
  }
}

void ReplicaLifecycle::forget_weights_on(ServerId server) {
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (replica->weights_cached_on() == server) {
        pool->replicas().cache_weights_on(*replica, std::nullopt);
      }
    }
  }
}

}  // namespace idlewatt
