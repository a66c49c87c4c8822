#include "control/fault_handler.hpp"

#include <algorithm>
#include <utility>

namespace idlewatt {

FaultHandler::FaultHandler(const Scenario& scenario, Cluster& cluster, ReplicaLifecycle& lifecycle)
    : cluster_(&cluster),
      lifecycle_(&lifecycle),
      retries_(scenario.faults.retried),
      plan_(scenario.faults, cluster.fleet(), scenario.seed, scenario.horizon),
      uplink_factor_(cluster.fleet().racks().size(), 1.0) {}

Ticks FaultHandler::next() const {
  return std::min(plan_.next(), steps_.empty() ? kNever : steps_.top().at);
}

std::vector<RunningPool*> FaultHandler::act(Ticks now, Effects& effects) {
  want_replica_.clear();
  while (next() <= now) {
    if (!steps_.empty() && steps_.top().at <= now) {
      const Step step = steps_.top();
      steps_.pop();
      carry_out(step, now, effects);
    } else {
      const FaultEvent event = plan_.take();
      carry_out({now, taken_++, event.notice > 0 ? Stage::notice : Stage::begin, event}, now, effects);
    }
  }
  return std::move(want_replica_);
}

void FaultHandler::carry_out(Step step, Ticks now, Effects& effects) {
  const FaultEvent& event = step.event;
  const bool whole_server = event.kind == FaultKind::crash || event.kind == FaultKind::spot;
  const Stage stage = step.stage;
  if (stage != Stage::end) {
    step.stage = stage == Stage::notice ? Stage::begin : Stage::end;
    step.at = now + (stage == Stage::notice ? event.notice : event.lasts);
    steps_.push(step);
  }
  const ServerId server = event.server;
  const AcceleratorId accelerator = event.accelerator;
  if (event.kind == FaultKind::uplink) {
    slow_uplink(event, stage == Stage::end, effects);
  } else if (event.kind == FaultKind::slow) {
    slow_server(server, event.factor, stage != Stage::end, now);
  } else if (stage == Stage::notice) {
    clear_server(server, now, effects);
  } else if (stage == Stage::begin && whole_server) {
    lose_server(server, event.notice > 0, now, effects);
  } else if (stage == Stage::begin) {
    lose_accelerator(server, accelerator, now, effects);
  } else if (whole_server) {
    regain_server(server, now, effects);
  } else {
    regain_accelerator(server, accelerator, now, effects);
  }
}

// ---- Losses ----

void FaultHandler::lose(HostedReplica& replica, std::vector<Loss>& losses, Ticks now, Effects& effects) {
  lifecycle_->abandon(replica, now, effects);
  RunningPool& pool = replica.pool();
  const Placement placement = replica.placement();
  KvTransfers* transfers = cluster_->transfers();
  std::vector<Finished> requests = pool.replicas().lose(replica, now);
  if (transfers != nullptr) {
    transfers->lose_target(replica, requests, now);
  }
  for (Finished& request : requests) {
    request.end = now;
  }
  cluster_->fleet().stop_boots(placement, now);
  losses.push_back({&pool, std::move(requests)});
  if (transfers != nullptr) {
    for (KvTransfers::Lost& held : transfers->lose_source(replica, now)) {
      losses.push_back({held.pool, std::move(held.requests)});
    }
  }
}

void FaultHandler::make_up_for(std::vector<Loss>&& losses, Ticks now, Effects& effects) {
  for (const auto& pool : cluster_->pools()) {
    while (pool->replicas().members() < pool->replicas().target()) {
      pool->replicas().add_pending(now);
    }
  }
  for (Loss& loss : losses) {
    if (loss.pool->requests().end_lost(std::move(loss.requests), retries_, now)) {
      want_replica_.push_back(loss.pool);
    }
  }
  lifecycle_->place_pending(now, effects);
  for (const auto& pool : cluster_->pools()) {
    if (pool->requests().starved()) {
      lifecycle_->wake_one(*pool, now, effects);
    }
  }
}

// ---- Servers and accelerators ----

void FaultHandler::lose_server(ServerId server, bool announced, Ticks now, Effects& effects) {
  FleetServer& lost = cluster_->fleet().server(server);
  lost.faults.cleared -= announced ? 1 : 0;
  if (lost.faults.down++ > 0) {
    return;
  }
  cluster_->count_fault();
  std::vector<Loss> losses;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (replica->placement().is_on(server)) {
        lose(*replica, losses, now, effects);
      }
    }
  }
  lifecycle_->forget_weights_on(server);
  cluster_->fleet().fail(server, now);
  make_up_for(std::move(losses), now, effects);
}

void FaultHandler::regain_server(ServerId server, Ticks now, Effects& effects) {
  FleetServer& regained = cluster_->fleet().server(server);
  if (--regained.faults.down > 0) {
    return;
  }
  cluster_->fleet().repair(server, now);
  const RunningPool* manager = cluster_->manager_of(regained);
  if (manager == nullptr || !manager->idle_policy().starts_off()) {
    lifecycle_->reboot(server, now, effects);
  }
  lifecycle_->place_pending(now, effects);
}

void FaultHandler::lose_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects) {
  AcceleratorSlot& slot = cluster_->fleet().slot(server, accelerator);
  if (slot.down++ > 0) {
    return;
  }
  cluster_->count_fault();
  const auto holds_it = [&](const PlacementPart& part) {
    return part.server == server &&
           std::find(part.accelerators.begin(), part.accelerators.end(), accelerator) != part.accelerators.end();
  };
  std::vector<Loss> losses;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      const std::vector<PlacementPart>& parts = replica->placement().parts;
      if (std::any_of(parts.begin(), parts.end(), holds_it)) {
        lose(*replica, losses, now, effects);
      }
    }
  }
  slot.account.enter(AcceleratorState::failed, Power{}, now);
  make_up_for(std::move(losses), now, effects);
}

void FaultHandler::regain_accelerator(ServerId server, AcceleratorId accelerator, Ticks now, Effects& effects) {
  if (--cluster_->fleet().slot(server, accelerator).down == 0) {
    cluster_->fleet().regain(server, accelerator, now);
    lifecycle_->place_pending(now, effects);
  }
}

void FaultHandler::slow_server(ServerId server, double factor, bool begins, Ticks now) {
  FleetServer& slowed = cluster_->fleet().server(server);
  if (begins) {
    slowed.faults.slow.insert(factor);
  } else {
    slowed.faults.slow.erase(slowed.faults.slow.find(factor));
  }
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (replica->placement().is_on(server)) {
        pool->replicas().set_pace(*replica, now);
      }
    }
  }
}

void FaultHandler::clear_server(ServerId server, Ticks now, Effects& effects) {
  FleetServer& cleared = cluster_->fleet().server(server);
  if (cleared.faults.cleared++ > 0 || cleared.faults.down > 0) {
    return;
  }
  // What is on its way up there is of no use; what is ready ends what it has.
  std::vector<Loss> losses;
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas().all()) {
      if (!replica->placement().is_on(server)) {
        continue;
      }
      const ReplicaState state = replica->state();
      if (state == ReplicaState::starting || can_be_woken(state) || state == ReplicaState::going_to_sleep) {
        lose(*replica, losses, now, effects);
      } else if (state == ReplicaState::ready) {
        lifecycle_->drain(*replica, now, effects);
      }
    }
  }
  make_up_for(std::move(losses), now, effects);
}

void FaultHandler::slow_uplink(const FaultEvent& event, bool whole_again, Effects& effects) {
  // Of several faults of one uplink, the last to begin or end says how fast it is.
  const RackId rack = event.rack;
  uplink_factor_[rack] = whole_again ? 1.0 : event.factor;
  effects.push_back(SetUplink{rack, cluster_->fleet().racks()[rack].uplink_bytes_per_s * uplink_factor_[rack]});
}

}  // namespace idlewatt
