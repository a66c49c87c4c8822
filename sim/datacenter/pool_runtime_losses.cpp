// What becomes of a pool's replicas and requests when hosts are slow or lost.
#include <algorithm>
#include <utility>

#include "datacenter/kv_transfers.hpp"
#include "datacenter/pool_runtime.hpp"

namespace idlewatt {

void PoolRuntime::set_pace(HostedReplica& replica, Ticks now) {
  double slowness = 1.0;
  for (const PlacementPart& part : replica.placement().parts) {
    slowness = std::max(slowness, fleet_->server(part.server).slowness());
  }
  const ReplicaSpec* spec = spec_.get();
  if (slowness > 1.0) {
    const auto [entry, is_new] = slow_paces_.try_emplace(slowness, *physics_, slowness, idle_power_);
    SlowPace& pace = entry->second;
    if (is_new) {
      pace.spec = std::make_unique<ReplicaSpec>(pace.physics, spec_->total_blocks, spec_->context_tokens, seats_);
      pace.spec->queue = spec_->queue;
      pace.spec->prefix = spec_->prefix;
      pace.spec->hands_over = spec_->hands_over;
    }
    spec = pace.spec.get();
  }
  replica.serving().price_by(*spec, now);
  changes_->update(in_queue_[static_cast<std::size_t>(replica.number())]);
}

std::vector<Finished> PoolRuntime::lose(HostedReplica& replica, Ticks now) {
  if (replica.parked()) {
    unpark(replica, now);
  }
  std::vector<Finished> lost = replica.lose_all(now);
  changes_->update(in_queue_[static_cast<std::size_t>(replica.number())]);
  remove(replica, now);
  if (transfers_ != nullptr) {
    transfers_->lose_target(replica, lost, now);
  }
  for (Finished& request : lost) {
    request.end = now;
  }
  return lost;
}

void PoolRuntime::end_lost(std::vector<Finished>&& lost, bool retried, Ticks now) {
  for (Finished& request : lost) {
    const bool held_elsewhere = transfers_ != nullptr && transfers_->carries(request.request.id);
    if (!retried || log_->attempts().gave_up(request.request)) {
      ended(held_elsewhere ? transfers_->cancel(request.request.id, now) : std::move(request), Outcome::failed, kNoReplica);
      continue;
    }
    if (held_elsewhere) {
      transfers_->send_again(request.request.id, now);
      continue;
    }
    // What was done for it stays charged to it; its answer begins anew.
    outstanding_.go(now);
    request_shares_ += request.energy;
    tenants_.add(request.request.tenant, request.prefill_energy, request.energy - request.prefill_energy, false);
    const std::int32_t accelerators = settings_->accelerators_per_replica();
    const std::int32_t before = log_->carried_from(request.request.id);
    log_->discard(request.request.id, {.tokens = request.generated,
                                   .energy_j = (request.energy * accelerators).j(),
                                   .prefill_energy_j = (request.prefill_energy * accelerators).j()});
    PoolRuntime& first = before == RequestLog::kNowhere ? *this : transfers_->pool(before);
    if (!first.take_in(request.request, now)) {
      outstanding_.come(now);
      ended(to_finished(std::move(request.request), {}, now), Outcome::failed, kNoReplica);
    }
  }
}

}  // namespace idlewatt
