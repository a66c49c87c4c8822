#include "control/idle_manager.hpp"

#include <algorithm>

#include "scenario/policy/chosen_policy.hpp"

namespace idlewatt {

IdleManager::IdleManager(const Scenario& scenario, Cluster& cluster, RunningPool& pool, ReplicaLifecycle& lifecycle)
    : cluster_(&cluster), pool_(&pool), lifecycle_(&lifecycle), policy_(&pool.idle_policy()) {
  if (chosen_idle(pool.settings().idle).info.clairvoyant) {
    forecast_ = std::make_unique<TraceArrivals>(scenario, pool.id());
  }
}

Ticks IdleManager::look(Ticks now, Effects& effects) {
  // Whatever begins to idle after now is due no sooner than this.
  next_ = policy_->shortest_wait() == kNever ? kNever : now + policy_->shortest_wait();
  for (const auto& replica : pool_->replicas().all()) {
    if (replica->state() == ReplicaState::ready && !replica->parked() && replica->empty()) {
      look_at_idle(*replica, now, effects);
    }
    if (can_be_woken(replica->state())) {
      look_at_sleeping(*replica, now, effects);
    }
  }
  for (const ServerId id : cluster_->fleet().servers().ids()) {
    const FleetServer& server = cluster_->fleet().server(id);
    if (server.state() == ServerState::on && server.awake == 0 && cluster_->manager_of(server) == pool_) {
      look_at_empty(id, now, effects);
    }
  }
  return std::max(next_, now + 1);
}

IdleView IdleManager::view(Ticks now) const {
  IdleView view = pool_->idle_view(now);
  view.forecast = forecast_.get();
  return view;
}

void IdleManager::look_at_idle(HostedReplica& replica, Ticks now, Effects& effects) {
  IdleView seen = view(now);
  seen.idle_since = replica.idle_since();
  seen.free_since = replica.free_since();
  const IdleDecision decision = policy_->replica_idle(seen);
  if (decision.action != IdleAction::keep) {
    lifecycle_->rest(replica, decision.action, now, effects);
  } else {
    next_ = std::min(next_, decision.wake_at);
  }
}

void IdleManager::look_at_sleeping(HostedReplica& replica, Ticks now, Effects& effects) {
  IdleView seen = view(now);
  seen.free_since = replica.free_since();
  seen.back = lifecycle_->times().time_to_wake(replica, now);
  const RestDecision decision = policy_->replica_resting(seen);
  if (decision.wake) {
    lifecycle_->wake(replica, now, effects);
  } else {
    next_ = std::min(next_, decision.wake_at);
  }
}

void IdleManager::look_at_empty(ServerId server, Ticks now, Effects& effects) {
  IdleView seen = view(now);
  seen.idle_since = cluster_->fleet().server(server).empty_since;
  const EmptyServerDecision decision = policy_->server_empty(seen);
  if (decision.power_off) {
    lifecycle_->power_off(server, now, effects);
  } else {
    next_ = std::min(next_, decision.wake_at);
  }
}

}  // namespace idlewatt
