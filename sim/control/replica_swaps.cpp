// How a ReplicaLifecycle carries out what the SwapPlanner decides.
#include <algorithm>
#include <vector>

#include "control/replica_lifecycle.hpp"

namespace idlewatt {

void ReplicaLifecycle::serve_swaps(Ticks now, Effects& effects) {
  drop_broken_claims();
  // Each start and claim changes what is left for the others: after each, everything that waits is looked at anew.
  for (bool changed = true; changed;) {
    changed = false;
    for (HostedReplica* replica : swaps_->waiting()) {
      if (!replica->claim().parts.empty()) {
        changed = start_on_claim(*replica, now, effects);
      } else if (const std::optional<SwapPosition> position = swaps_->position_for(*replica, now)) {
        claim(*replica, *position, now, effects);
        changed = true;
      }
      if (changed) {
        break;
      }
    }
  }
  watch_swaps(now, effects);
}

// ---- Accelerators that are set aside ----

void ReplicaLifecycle::drop_claim(HostedReplica& replica) {
  for (const PlacementPart& part : replica.claim().parts) {
    for (const AcceleratorId accelerator : part.accelerators) {
      cluster_->fleet().slot(part.server, accelerator).claimed = false;
    }
  }
  replica.set_claim({});
}

void ReplicaLifecycle::drop_broken_claims() {
  for (HostedReplica* replica : swaps_->waiting()) {
    for (const PlacementPart& part : replica->claim().parts) {
      const FleetServer& server = cluster_->fleet().server(part.server);
      if (!server.available() ||
          std::any_of(part.accelerators.begin(), part.accelerators.end(),
                      [&server](AcceleratorId accelerator) { return server.accelerators[accelerator].down > 0; })) {
        drop_claim(*replica);
        break;
      }
    }
  }
}

bool ReplicaLifecycle::start_on_claim(HostedReplica& replica, Ticks now, Effects& effects) {
  const Placement placement = replica.claim();
  const PlacementPart& part = placement.parts.front();
  Fleet& fleet = cluster_->fleet();
  ReplicaSet& replicas = replica.pool().replicas();
  if (!std::all_of(part.accelerators.begin(), part.accelerators.end(),
                   [&](AcceleratorId accelerator) { return fleet.slot(part.server, accelerator).empty(); }) ||
      !replicas.placer().has_power(placement)) {
    return false;
  }
  drop_claim(replica);
  const bool has_weights = replica.weights_cached_on() == part.server;
  if (!has_weights) {
    replicas.cache_weights_on(replica, std::nullopt);
  }
  replicas.take(replica, placement, now);
  if (has_weights) {
    starts_.begin_wake(replica, now, effects);
  } else {
    starts_.begin(replica, now, effects);
  }
  return true;
}

void ReplicaLifecycle::claim(HostedReplica& replica, const SwapPosition& position, Ticks now, Effects& effects) {
  replica.set_claim(position.placement);
  for (const PlacementPart& part : position.placement.parts) {
    for (const AcceleratorId accelerator : part.accelerators) {
      cluster_->fleet().slot(part.server, accelerator).claimed = true;
    }
  }
  std::vector<RunningPool*> gone;
  for (HostedReplica* other : position.leaving) {
    if (sleeps_in_place(other->state())) {
      if (other->state() == ReplicaState::asleep) {
        keep_weights(*other);
      }
      leave_accelerators(*other, now);
      gone.push_back(&other->pool());
      continue;
    }
    other->pool().replicas().set_state(
        *other, other->outstanding() > 0 ? ReplicaState::draining_for_swap : ReplicaState::going_to_sleep, now);
    leaving_[other] = processes_->begin(SwapOut{other}, now, effects);
  }
  for (RunningPool* pool : gone) {
    if (pool->requests().starved()) {
      wake_one(*pool, now, effects);
    }
  }
}

// ---- Going ----

void ReplicaLifecycle::act(ProcessId id, SwapOut& out, Ticks now, Effects& effects) {
  HostedReplica& replica = *out.replica;
  RunningPool& pool = replica.pool();
  if (!out.leaving) {
    if (replica.outstanding() > 0) {
      effects.push_back(Wait{id, std::max(time_of(replica.serving().next_change()), now + 1)});
      return;
    }
    if (replica.state() == ReplicaState::draining_for_swap) {
      pool.replicas().set_state(replica, ReplicaState::going_to_sleep, now);
    }
    const double takes_s = keep_weights(replica) ? pool.replicas().load_times().swap_s() : pool.engine().stop_s.value;
    out.leaving = true;
    effects.push_back(Wait{id, now + to_ticks(takes_s)});
    return;
  }
  leaving_.erase(&replica);
  processes_->end(id);
  leave_accelerators(replica, now);
  place_pending(now, effects);
  if (pool.requests().starved()) {
    wake_one(pool, now, effects);
  }
}

void ReplicaLifecycle::leave_accelerators(HostedReplica& replica, Ticks now) {
  ReplicaSet& replicas = replica.pool().replicas();
  if (replicas.members() > replicas.target()) {  // fewer are wanted meanwhile
    replicas.remove(replica, now);
  } else {
    replicas.swap_out(replica, now);
  }
}

bool ReplicaLifecycle::keep_weights(HostedReplica& replica) {
  const std::optional<std::vector<HostedReplica*>> evicted = swaps_->evicted_for(replica);
  if (!evicted) {
    return false;
  }
  for (HostedReplica* sleeper : *evicted) {
    sleeper->pool().replicas().cache_weights_on(*sleeper, std::nullopt);
  }
  replica.pool().replicas().cache_weights_on(replica, replica.placement().parts.front().server);
  return true;
}

// ---- When to look again ----

void ReplicaLifecycle::watch_swaps(Ticks now, Effects& effects) {
  const Ticks next = swaps_->next_chance(now);
  if (next == kNever || (watch_ && watch_at_ <= next)) {
    return;  // whoever looks sooner than that will see
  }
  if (watch_) {
    processes_->cancel(*watch_, effects);
  }
  watch_ = processes_->begin(SwapWatch{}, next, effects);
  watch_at_ = next;
}

void ReplicaLifecycle::act(ProcessId id, SwapWatch&, Ticks now, Effects& effects) {
  watch_at_ = now;
  serve_swaps(now, effects);
  const Ticks later = swaps_->next_chance(now);
  if (later == kNever) {
    watch_.reset();
    processes_->end(id);
    return;
  }
  watch_at_ = later;
  effects.push_back(Wait{id, later});
}

}  // namespace idlewatt
