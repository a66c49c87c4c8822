#include "control/fleet_controller.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace idlewatt {

FleetController::FleetController(const Scenario& scenario, Cluster& cluster)
    : scenario_(&scenario), cluster_(&cluster), lifecycle_(cluster, processes_, scenario) {
  for (const auto& pool : cluster.pools()) {
    autoscalers_.add(std::make_unique<Autoscaler>(scenario, *pool, lifecycle_.times().cold_start(*pool)));
    pool->requests().set_at_zero(autoscalers_.back()->at_zero());
    idle_managers_.add(std::make_unique<IdleManager>(scenario, cluster, *pool, lifecycle_));
  }
  if (scenario.faults.any()) {
    faults_.emplace(scenario, cluster, lifecycle_);
  }
}

Effects FleetController::begin() {
  Effects effects;
  for (const auto& pool : cluster_->pools()) {
    processes_.begin(AutoscalerLoop{pool->id()}, 0, effects);
    if (pool->idle_policy().shortest_wait() != kNever) {
      processes_.begin(IdleLoop{pool->id()}, 0, effects);
    }
  }
  if (faults_) {
    processes_.begin(FaultLoop{}, faults_->next(), effects);
  }
  if (cluster_->transfers() != nullptr) {
    kv_loop_ = processes_.begin(KvLoop{}, 0, effects);
    kv_due_ = 0;
  }
  return effects;
}

// ---- Requests ----

Effects FleetController::arrive(Request&& request) {
  Effects effects;
  const Ticks now = request.arrival;
  cluster_->log().arrived(request);
  settle(now, effects);
  ask(std::move(request), now, effects);
  reschedule_kv(now, effects);
  return effects;
}

void FleetController::ask(Request&& request, Ticks now, Effects& effects) {
  if (RequestCache* cache = cluster_->cache()) {
    cache->look_up(std::move(request), now);
  } else {
    send_to_pool(std::move(request), now, effects);
  }
}

void FleetController::send_to_pool(Request&& request, Ticks now, Effects& effects) {
  RunningPool& pool = cluster_->pool_router().pool_for(request, now, cluster_->log().slo(request.stream));
  RequestRouter& requests = pool.requests();
  if (!requests.admit(request, now)) {
    return;
  }
  lifecycle_.wake_for(pool, pool.meter().outstanding() + 1, now, effects);
  switch (requests.accept_or_wait(request, now)) {
    case RequestRouter::Place::found:
    case RequestRouter::Place::waits:
      break;
    case RequestRouter::Place::wants_replica:
      replica_wanted(pool, now, effects);
      break;
    case RequestRouter::Place::none:
      requests.reject(request, now);
      break;
  }
}

Effects FleetController::act_for_clients(Ticks now) {
  Effects effects;
  settle(now, effects);
  ClientAttempts& attempts = cluster_->log().attempts();
  while (attempts.next() <= now) {
    const ClientAttempts::Act act = attempts.take();
    if (!act.gives_up) {
      ask(attempts.try_again(act.id, now), now, effects);
      continue;
    }
    const std::optional<RequestPlace> place = attempts.place(act.id);
    attempts.give_up(act.id, now);
    if (place) {  // else it is being looked up in the cache, which nothing stops
      cluster_->pool(place->pool).requests().cancel(act.id, *place, now);
    }
  }
  reschedule_kv(now, effects);
  return effects;
}

Effects FleetController::settle(Ticks now) {
  Effects effects;
  settle(now, effects);
  reschedule_kv(now, effects);
  return effects;
}

void FleetController::settle(Ticks now, Effects& effects) {
  RequestCache* cache = cluster_->cache();
  while (cache != nullptr && cache->next() <= now) {
    const Ticks end = cache->next();
    cluster_->settle_replicas(end);
    RequestCache::Found found = cache->end_lookup();
    RequestLog& log = cluster_->log();
    log.looked_up(found.request);
    if (log.attempts().gave_up(found.request)) {
      log.ended(record_of(found.request, Outcome::timed_out, end), found.request, false, end);
    } else if (!found.hit) {
      send_to_pool(std::move(found.request), end, effects);
    } else {
      RequestRecord record = record_of(found.request, Outcome::cached, end);
      record.first_token = end;
      record.wrong = found.hit->wrong;
      log.ended(std::move(record), found.request, false, end);
    }
  }
  cluster_->settle_replicas(now);
}

void FleetController::replica_wanted(const RunningPool& pool, Ticks now, Effects& effects) {
  if (autoscalers_[pool.id()]->at_zero() == AtZero::activates) {
    decide(pool.id(), now, effects);
  }
}

Ticks FleetController::decide(PoolId pool, Ticks now, Effects& effects) {
  const AutoscaleDecision decision = autoscalers_[pool]->decide(now);
  lifecycle_.set_target(cluster_->pool(pool), decision.replicas, now, effects);
  return decision.wake_at;
}

// ---- Processes ----

Effects FleetController::resume(ProcessId process, Ticks now) {
  Effects effects;
  settle(now, effects);
  if (processes_.is_running(process)) {  // what settled may have ended it
    std::visit([&](auto& under_way) { act(process, under_way, now, effects); }, processes_.at(process));
  }
  reschedule_kv(now, effects);
  return effects;
}

void FleetController::act(ProcessId id, AutoscalerLoop& loop, Ticks now, Effects& effects) {
  const Ticks again = decide(loop.pool, now, effects);
  if (again == kNever) {
    processes_.end(id);
  } else {
    effects.push_back(Wait{id, std::max(again, now + 1)});
  }
}

void FleetController::act(ProcessId id, IdleLoop& loop, Ticks now, Effects& effects) {
  const Ticks again = idle_managers_[loop.pool]->look(now, effects);
  effects.push_back(Wait{id, again});
}

void FleetController::act(ProcessId id, FaultLoop&, Ticks now, Effects& effects) {
  for (RunningPool* pool : faults_->act(now, effects)) {
    replica_wanted(*pool, now, effects);
  }
  if (faults_->next() == kNever) {
    processes_.end(id);
  } else {
    effects.push_back(Wait{id, faults_->next()});
  }
}

// ---- KV caches on their way ----

void FleetController::act(ProcessId, KvLoop&, Ticks now, Effects& effects) {
  KvTransfers& transfers = *cluster_->transfers();
  const auto set_out = [&](KvFlow&& flow) {
    const ProcessId id = processes_.begin(KvFlowUnderWay{flow.number});
    effects.push_back(SendKv{id, std::move(flow.pieces)});
  };
  for (;;) {
    const std::vector<HostedReplica*> drained = transfers.take_drained();
    std::for_each(drained.rbegin(), drained.rend(),
                  [&](HostedReplica* replica) { lifecycle_.continue_draining(*replica, now, effects); });
    std::optional<KvTransfers::ToDo> todo = transfers.next_to_do(now);
    if (!todo) {
      break;
    }
    if (todo->flow) {
      set_out(std::move(*todo->flow));
      continue;
    }
    RunningPool& decode = transfers.decode_pool_of(todo->wants_target);
    lifecycle_.wake_for(decode, decode.meter().outstanding(), now, effects);
    KvTransfers::Targeted targeted = transfers.find_target(todo->wants_target, now);
    if (targeted.wants_replica) {
      replica_wanted(decode, now, effects);
    }
    if (targeted.flow) {
      set_out(std::move(*targeted.flow));
    }
  }
  kv_due_ = now;
}

void FleetController::act(ProcessId id, KvFlowUnderWay& flow, Ticks now, Effects&) {
  const std::int64_t number = flow.flow;
  processes_.end(id);
  cluster_->transfers()->arrive(number, now);
}

void FleetController::reschedule_kv(Ticks now, Effects& effects) {
  if (!kv_loop_) {
    return;
  }
  const Ticks due = std::max(now, std::min(cluster_->transfers()->due(), scenario_->horizon));
  if (due != kv_due_ || kv_due_ <= now) {
    kv_due_ = due;
    effects.push_back(Wait{*kv_loop_, due});
  }
}

}  // namespace idlewatt
