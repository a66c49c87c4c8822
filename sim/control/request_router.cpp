#include "control/request_router.hpp"

#include <utility>

#include "control/kv_transfers.hpp"
#include "control/pool_figures.hpp"
#include "control/request_cache.hpp"
#include "control/running_pool.hpp"
#include "scenario/policy/chosen_policy.hpp"
#include "scenario/pool/swapping.hpp"

namespace idlewatt {

RequestRouter::RequestRouter(RunningPool& pool, const Scenario& scenario, RequestLog& log, FleetLowerBound& bound)
    : pool_(&pool),
      log_(&log),
      bound_(&bound),
      admission_(chosen_admission(pool.settings().admission).make(pool.settings().admission.parameters)),
      service_(pool.specs().physics(), service_figures(scenario, pool.settings(), pool.specs().batch_slots())),
      unrouted_(&pool.specs().queue_order(), 0) {
  if (pool.swapped()) {
    back_above_ =
        chosen_of(SwapFamily::built_in(), scenario.swapping).make(scenario.swapping.parameters)->rules().wake_above;
  }
}

void RequestRouter::disaggregate(KvTransfers& transfers, RunningPool* decode) {
  transfers_ = &transfers;
  decode_ = decode;
}

// ---- What a router of pools sees ----

bool RequestRouter::fits(const Request& request) const {
  return pool_->specs().at_full_pace().fits(request) &&
         (decode_ == nullptr || request.output_tokens == 1 || decode_->requests().fits(request));
}

PoolLoad RequestRouter::load() const {
  const ReplicaSet& replicas = pool_->replicas();
  const std::int32_t ready = replicas.count(ReplicaState::ready);
  // An autoscaler that answers to demand starts one.
  const std::int32_t on_demand = replicas.members() == 0 && at_zero_ != AtZero::rejects ? 1 : 0;
  return {.ready = ready,
          .coming = replicas.members() - ready + on_demand,
          .outstanding = pool_->meter().outstanding(),
          .waiting = pool_->meter().waiting() + unrouted()};
}

bool RequestRouter::starved() const {
  return unrouted_.size() > 0 && pool_->coming() == 0;
}

// ---- A request comes ----

bool RequestRouter::admit(const Request& request, Ticks now) {
  pool_->meter().request_came();
  if (!fits(request)) {
    reject(request, Outcome::rejected_too_long, now);
    return false;
  }
  if (!admission_->admit(view_of(request, now), {.load = load(), .service = &service_})) {
    reject(request, Outcome::rejected, now);
    return false;
  }
  return true;
}

bool RequestRouter::wants_wake(std::int64_t outstanding) const {
  const ReplicaSet& replicas = pool_->replicas();
  if (replicas.count(ReplicaState::asleep) + replicas.count(ReplicaState::unloaded) > 0 &&
      pool_->idle_policy().wake({.awake = pool_->awake(), .outstanding = outstanding})) {
    return true;
  }
  const std::int32_t coming = pool_->coming();
  return replicas.count(ReplicaState::swapped_out) > 0 &&
         (coming == 0 || static_cast<double>(outstanding) > back_above_ * coming);
}

void RequestRouter::unpark_for(std::int64_t outstanding, Ticks now) {
  ReplicaSet& replicas = pool_->replicas();
  if (replicas.parked() > 0 &&
      pool_->idle_policy().wake(
          {.awake = replicas.count(ReplicaState::ready) - replicas.parked(), .outstanding = outstanding})) {
    replicas.unpark_one(now);
  }
}

RequestRouter::Place RequestRouter::accept_or_wait(Request& request, Ticks now) {
  if (HostedReplica* taker = route(request, now)) {
    send(*taker, std::move(request), now);
    return Place::found;
  }
  if (pool_->replicas().members() == 0 && at_zero_ == AtZero::rejects) {
    return Place::none;
  }
  pool_->meter().begin_outstanding(now);
  return wait(Waiting{std::move(request), nullptr}, now);
}

RequestRouter::Place RequestRouter::wait(Waiting&& waiting, Ticks now) {
  tell_place(waiting.request, std::nullopt);
  pool_->meter().begin_unrouted(now);
  unrouted_.push(std::move(waiting), now);
  return pool_->replicas().members() == 0 ? Place::wants_replica : Place::waits;
}

void RequestRouter::serve_unrouted(Ticks now) {
  for (Waiting& waiting : unrouted_.take_all(now)) {
    pool_->meter().end_unrouted(now);
    HostedReplica& taker = *route(waiting.request, now);
    if (waiting.progress) {
      transfers_->take_position(waiting.request.id, taker, now);
      tell_place(waiting.request, std::nullopt, true);
    } else {
      pool_->meter().end_outstanding(now);
      send(taker, std::move(waiting.request), now);
    }
  }
}

RequestView RequestRouter::view_of(const Request& request, Ticks now) const {
  return {request, now, log_->slo(request.stream)};
}

HostedReplica* RequestRouter::route(const Request& request, Ticks now) {
  const std::optional<ReplicaId> replica = pool_->routes().route(view_of(request, now));
  return replica ? pool_->replicas().all()[*replica].get() : nullptr;
}

void RequestRouter::send(HostedReplica& replica, Request&& request, Ticks now) {
  pool_->meter().begin_outstanding(now);
  tell_place(request, replica.id());
  replica.enqueue(std::move(request), now);
  pool_->replicas().next_change_changed(replica);
}

void RequestRouter::tell_place(const Request& request, std::optional<ReplicaId> replica, bool on_its_way) {
  if (log_->attempts().watches(request.stream)) {
    log_->attempts().at(request.id, {.pool = pool_->id(), .replica = replica, .on_its_way = on_its_way});
  }
}

void RequestRouter::cancel(std::int64_t id, const RequestPlace& place, Ticks now) {
  if (place.on_its_way) {
    ended(transfers_->cancel(id, now), Outcome::timed_out, std::nullopt);
  } else if (place.replica) {
    HostedReplica& at = *pool_->replicas().all()[*place.replica];
    at.cancel(id, now);
    pool_->replicas().next_change_changed(at);
  } else if (std::optional<Waiting> waiting = unrouted_.take(id)) {
    pool_->meter().end_unrouted(now);
    ended(waiting->progress ? transfers_->cancel(id, now) : to_finished(std::move(waiting->request), {}, now),
          Outcome::timed_out, std::nullopt);
  }
}

// ---- Disaggregated serving ----

void RequestRouter::last_chunk_began(HostedReplica& replica, const Request& request, std::int64_t tokens, Ticks now) {
  transfers_->last_chunk_began(replica, request, tokens, now);
}

void RequestRouter::hand_over(HostedReplica& replica, HandOver&& handed) {
  // What the request was charged so far is this pool's; what follows is the decode pool's.
  pool_->meter().end_outstanding(handed.at);
  RequestProgress& progress = handed.progress;
  pool_->meter().charge_share(handed.request.tenant, progress.energy, progress.prefill_energy, false);
  log_->carry(
      handed.request.id,
      {.pool = pool_->id(), .energy_j = all_j(progress.energy), .prefill_energy_j = all_j(progress.prefill_energy)});
  progress.energy = {};
  progress.prefill_energy = {};
  transfers_->handed_over(replica, std::move(handed));
}

void RequestRouter::receive_handed_over(const Request& request, Ticks now) {
  pool_->meter().request_came();
  pool_->meter().begin_outstanding(now);
  tell_place(request, std::nullopt, true);
}

RequestRouter::Place RequestRouter::find_target(const Request& request, const RequestProgress& progress,
                                                HostedReplica*& target, Ticks now) {
  target = route(request, now);
  if (target != nullptr) {
    return Place::found;
  }
  if (pool_->replicas().members() == 0 && at_zero_ == AtZero::rejects) {
    return Place::none;
  }
  return wait(Waiting{request, std::make_unique<RequestProgress>(progress)}, now);
}

void RequestRouter::receive(HostedReplica& replica, const Request& request, const RequestProgress& progress,
                            Ticks now) {
  tell_place(request, replica.id());
  replica.receive(request, progress, now);
  pool_->replicas().next_change_changed(replica);
}

// ---- Requests end ----

double RequestRouter::all_j(Energy per_accelerator) const {
  return (per_accelerator * pool_->settings().accelerators_per_replica()).j();
}

RequestRecord RequestRouter::record_of(const Request& request, Outcome outcome, Ticks end) const {
  RequestRecord record = idlewatt::record_of(request, outcome, end);
  record.pool = pool_->id();
  return record;
}

void RequestRouter::reject(const Request& request, Outcome outcome, Ticks now) {
  pool_->meter().request_rejected();
  log_->ended(record_of(request, outcome, now), request, pool_->replicas().was_short_at(request.arrival), now);
}

void RequestRouter::ended(Finished&& finished, Outcome outcome, std::optional<ReplicaId> replica) {
  const Request& request = finished.request;
  if (log_->attempts().gave_up(request)) {
    outcome = Outcome::timed_out;
    pool_->meter().request_timed_out();
  }
  pool_->meter().ended(finished, outcome);
  if (outcome == Outcome::served) {
    bound_->add_served(pool_->id(), request.stream, request.prompt_tokens, finished.generated, finished.prefix_tokens);
    service_.ended(request.prompt_tokens, finished.generated);
    if (const std::optional<PoolId> before = log_->carried_from(request.id)) {
      transfers_->pool(*before).requests().service_.ended(request.prompt_tokens, finished.generated);
    }
    if (cache_ != nullptr) {
      cache_->served(request, finished.end);
    }
  }
  RequestRecord record = record_of(request, outcome, finished.end);
  record.replica = replica;
  record.admitted = finished.admitted;
  record.first_token = finished.first_token;
  record.worst_gap = finished.worst_gap;
  record.output_tokens = finished.generated;
  record.preemptions = finished.preemptions;
  record.prefix_tokens = finished.prefix_tokens;
  record.energy_j = all_j(finished.energy);
  record.prefill_energy_j = all_j(finished.prefill_energy);
  log_->ended(std::move(record), request, pool_->replicas().was_short_at(request.arrival), finished.end);
}

bool RequestRouter::end_lost(std::vector<Finished>&& lost, bool retried, Ticks now) {
  bool wants_replica = false;
  for (Finished& finished : lost) {
    const std::int64_t id = finished.request.id;
    const bool held_elsewhere = transfers_ != nullptr && transfers_->carries(id);
    if (!retried || log_->attempts().gave_up(finished.request)) {
      ended(held_elsewhere ? transfers_->cancel(id, now) : std::move(finished), Outcome::failed, std::nullopt);
      continue;
    }
    if (held_elsewhere) {
      transfers_->send_again(id, now);
      continue;
    }
    // What was done for it stays charged to it; its answer begins anew.
    pool_->meter().end_outstanding(now);
    pool_->meter().charge_share(finished.request.tenant, finished.energy, finished.prefill_energy, false);
    const std::optional<PoolId> before = log_->carried_from(id);
    log_->discard(id, {.tokens = finished.generated,
                       .energy_j = all_j(finished.energy),
                       .prefill_energy_j = all_j(finished.prefill_energy)});
    RunningPool& first = before ? transfers_->pool(*before) : *pool_;
    const Place place = first.requests().accept_or_wait(finished.request, now);
    if (place == Place::none) {
      pool_->meter().begin_outstanding(now);
      ended(to_finished(std::move(finished.request), {}, now), Outcome::failed, std::nullopt);
    }
    wants_replica = wants_replica || place == Place::wants_replica;
  }
  return wants_replica;
}

void RequestRouter::end_unfinished(Ticks now) {
  pool_->meter().stop_outstanding(now);
  for (const auto& replica : pool_->replicas().all()) {
    for (Finished& unfinished : replica->serving().take_unfinished(now)) {
      ended(std::move(unfinished), Outcome::unfinished, replica->id());
    }
  }
  for (Waiting& waiting : unrouted_.take_all(now)) {
    const RequestProgress progress = waiting.progress ? *waiting.progress : RequestProgress{};
    ended(to_finished(std::move(waiting.request), progress, kNever), Outcome::unfinished, std::nullopt);
  }
}

}  // namespace idlewatt
