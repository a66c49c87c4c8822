#include "control/replica_set.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "control/running_pool.hpp"

namespace idlewatt {

ReplicaSet::ReplicaSet(const Surroundings& surroundings)
    : pool_(&surroundings.pool),
      id_(surroundings.id),
      settings_(&surroundings.settings),
      accelerator_(&surroundings.catalog.accelerators.at(settings_->accelerator)),
      fleet_(&surroundings.fleet),
      events_(&surroundings.events),
      specs_(&surroundings.specs),
      meter_(&surroundings.meter),
      routes_(&surroundings.routes),
      load_times_(LoadTimes::of(*settings_, surroundings.catalog)),
      placer_(*settings_, *accelerator_, surroundings.fleet) {}

std::int32_t ReplicaSet::members() const {
  return count(ReplicaState::pending) + count(ReplicaState::starting) + count(ReplicaState::ready) +
         count(ReplicaState::going_to_sleep) + count(ReplicaState::asleep) + count(ReplicaState::unloaded) +
         count(ReplicaState::draining_for_swap) + count(ReplicaState::swapped_out);
}

void ReplicaSet::set_target(std::int32_t target, Ticks now) {
  target_ = target;
  shortage_.set(count(ReplicaState::ready) < target_, now);
}

// ---- Changes ----

HostedReplica& ReplicaSet::add_pending(Ticks now) {
  for (const auto& replica : replicas_) {
    if (replica->state() == ReplicaState::gone) {
      set_state(*replica, ReplicaState::pending, now);
      return *replica;
    }
  }
  const ReplicaId id = replicas_.add(std::make_unique<HostedReplica>(*pool_, ReplicaId(replicas_.size())));
  ++counts_[ReplicaState::gone];
  in_queue_.add(events_->add(*replicas_[id], settings_->role == PoolRole::prefill));
  routes_->resize(replicas_.size());
  set_state(*replicas_[id], ReplicaState::pending, now);
  return *replicas_[id];
}

void ReplicaSet::take(HostedReplica& replica, const Placement& placement, Ticks now) {
  fleet_->assign(placement, id_, now);
  std::vector<AcceleratorSlot*> slots;
  for (const PlacementPart& part : placement.parts) {
    for (const AcceleratorId accelerator : part.accelerators) {
      slots.push_back(&fleet_->slot(part.server, accelerator));
    }
  }
  replica.hold(placement, std::move(slots));
  set_pace(replica, now);
  set_state(replica, ReplicaState::starting, now);
}

void ReplicaSet::set_state(HostedReplica& replica, ReplicaState state, Ticks now) {
  if (replica.parked() && state != ReplicaState::ready) {
    unpark(replica, now);
  }
  count_time(now);
  const ReplicaState before = replica.state();
  --counts_[before];
  ++counts_[state];
  replica.set_state(state, now);
  if (is_awake(before) != is_awake(state)) {
    for (const PlacementPart& part : replica.placement().parts) {
      fleet_->count_awake(part.server, is_awake(state) ? 1 : -1,
                          {placer_.reserved().tenth_mw * static_cast<std::int64_t>(part.accelerators.size())}, now);
    }
  }
  if ((before == ReplicaState::asleep) != (state == ReplicaState::asleep)) {
    for (const PlacementPart& part : replica.placement().parts) {
      HostMemory& memory = fleet_->server(part.server).memory;
      if (state == ReplicaState::asleep) {
        memory.keep(name_of(replica), part.stages * load_times_.group_bytes());
      } else if (replica.weights_cached_on() != part.server) {
        memory.forget(name_of(replica));
      }
    }
  }
  if (state == ReplicaState::ready || state == ReplicaState::gone) {
    cache_weights_on(replica, std::nullopt);
  }
  if ((before == ReplicaState::ready) != (state == ReplicaState::ready)) {
    load_changed(replica);
    shortage_.set(count(ReplicaState::ready) < target_, now);
  }
}

void ReplicaSet::cache_weights_on(HostedReplica& replica, std::optional<ServerId> server) {
  if (replica.weights_cached_on() && replica.weights_cached_on() != server) {
    fleet_->server(*replica.weights_cached_on()).memory.forget(name_of(replica));
  }
  if (server) {
    fleet_->server(*server).memory.keep(name_of(replica), load_times_.group_bytes());
  }
  replica.set_weights_cached_on(server);
}

void ReplicaSet::enter(HostedReplica& replica, AcceleratorState state, Power power, Ticks now) {
  for (const PlacementPart& part : replica.placement().parts) {
    fleet_->enter(part, state, power, now);
  }
}

void ReplicaSet::become_ready(HostedReplica& replica, Ticks now) {
  replica.serving().lose_memory();
  enter(replica, AcceleratorState::idle_loaded, Power::from_w(accelerator_->idle_loaded_w.value), now);
  set_state(replica, ReplicaState::ready, now);
  meter_->replica_became_ready();
}

void ReplicaSet::park(HostedReplica& replica, IdleAction depth, Ticks now) {
  const Figure& watts = depth == IdleAction::park_deep ? accelerator_->deep_parked_w : accelerator_->parked_w;
  enter(replica, AcceleratorState::parked, Power::from_w(watts.value), now);
  replica.park();
  ++parked_;
  load_changed(replica);
}

void ReplicaSet::unpark(HostedReplica& replica, Ticks now) {
  enter(replica, AcceleratorState::idle_loaded, Power::from_w(accelerator_->idle_loaded_w.value), now);
  replica.unpark(now, now + to_ticks(accelerator_->clock_change_s.value));
  --parked_;
  load_changed(replica);
}

void ReplicaSet::unpark_one(Ticks now) {
  for (const auto& replica : replicas_) {
    if (replica->parked()) {
      unpark(*replica, now);
      return;
    }
  }
}

void ReplicaSet::remove(HostedReplica& replica, Ticks now) {
  if (replica.placement().parts.empty()) {
    set_state(replica, ReplicaState::gone, now);
  } else {
    leave_place(replica, ReplicaState::gone, now);
  }
}

void ReplicaSet::swap_out(HostedReplica& replica, Ticks now) {
  leave_place(replica, ReplicaState::swapped_out, now);
  meter_->replica_was_swapped_out();
}

void ReplicaSet::leave_place(HostedReplica& replica, ReplicaState becomes, Ticks now) {
  const Placement placement = replica.placement();
  for (const PlacementPart& part : placement.parts) {
    if (fleet_->server(part.server).state() == ServerState::on) {
      fleet_->enter(part, AcceleratorState::idle_empty, Power::from_w(accelerator_->idle_empty_w.value), now);
    }
  }
  set_state(replica, becomes, now);
  replica.let_go();
  fleet_->assign(placement, std::nullopt, now);
}

std::vector<Finished> ReplicaSet::lose(HostedReplica& replica, Ticks now) {
  if (replica.parked()) {
    unpark(replica, now);
  }
  std::vector<Finished> lost = replica.lose_all(now);
  next_change_changed(replica);
  remove(replica, now);
  return lost;
}

void ReplicaSet::set_pace(HostedReplica& replica, Ticks now) {
  double slowness = 1.0;
  for (const PlacementPart& part : replica.placement().parts) {
    slowness = std::max(slowness, fleet_->server(part.server).slowness());
  }
  replica.serving().price_by(specs_->at_pace(slowness), now);
  next_change_changed(replica);
}

HostedReplica* ReplicaSet::drain_victim() const {
  std::map<ServerId, std::int32_t> leaving;  // still awake, and soon gone
  for (const auto& replica : replicas_) {
    if (replica->state() == ReplicaState::draining || replica->state() == ReplicaState::stopping) {
      for (const PlacementPart& part : replica->placement().parts) {
        ++leaving[part.server];
      }
    }
  }
  HostedReplica* best = nullptr;
  std::tuple<std::int32_t, std::int64_t, std::int32_t> best_rank;
  for (const auto& replica : replicas_) {
    if (replica->state() != ReplicaState::ready) {
      continue;
    }
    std::int32_t fullness = std::numeric_limits<std::int32_t>::max();  // of its server that goes first
    for (const PlacementPart& part : replica->placement().parts) {
      const std::int32_t staying = fleet_->server(part.server).awake - leaving[part.server];
      fullness = std::min(fullness, settings_->placement == PlacementOrder::pack ? staying : -staying);
    }
    const std::tuple rank{fullness, replica->outstanding(), -replica->id().value()};
    if (best == nullptr || rank < best_rank) {
      best = replica.get();
      best_rank = rank;
    }
  }
  return best;
}

// ---- What replicas tell ----

void ReplicaSet::load_changed(const HostedReplica& replica) {
  routes_->load_changed(replica.id(), {.available = replica.state() == ReplicaState::ready && !replica.parked(),
                                       .outstanding = replica.outstanding(),
                                       .prompt_tokens = replica.outstanding_prompt_tokens()});
}

void ReplicaSet::report(Ticks now) {
  count_time(now);
  for (const auto& replica : replicas_) {
    replica->report_work(now);
  }
}

void ReplicaSet::count_time(Ticks now) {
  meter_->count_time(count(ReplicaState::starting) + count(ReplicaState::ready), count(ReplicaState::pending), now);
}

}  // namespace idlewatt
