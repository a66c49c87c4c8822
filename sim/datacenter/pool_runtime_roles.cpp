// A pool that computes prompts only, or goes on with what such a pool computed.
#include <utility>

#include "datacenter/kv_transfers.hpp"
#include "datacenter/pool_runtime.hpp"

namespace idlewatt {

void PoolRuntime::disaggregate(KvTransfers& transfers, PoolRuntime* decode) {
  transfers_ = &transfers;
  decode_ = decode;
}

TokenWork PoolRuntime::work_of_a_token() const {
  TokenWork work = token_work(*physics_, seats_);
  work.prompt_s = settings_->role == PoolRole::decode ? 0.0 : work.prompt_s;
  work.output_s = settings_->role == PoolRole::prefill ? 0.0 : work.output_s;
  return work;
}

void PoolRuntime::last_chunk_began(HostedReplica& replica, const Request& request, std::int64_t tokens, Ticks now) {
  transfers_->last_chunk_began(replica, request, tokens, now);
}

void PoolRuntime::handed_over(HostedReplica& replica, HandOver&& handed) {
  // What it was charged so far is this pool's; what follows is the other's.
  outstanding_.go(handed.at);
  RequestProgress& progress = handed.progress;
  request_shares_ += progress.energy;
  tenants_.add(handed.request.tenant, progress.prefill_energy, progress.energy - progress.prefill_energy, false);
  const std::int32_t accelerators = settings_->accelerators_per_replica();
  log_->carry(handed.request.id, {.pool = number_,
                                .energy_j = (progress.energy * accelerators).j(),
                                .prefill_energy_j = (progress.prefill_energy * accelerators).j()});
  progress.energy = {};
  progress.prefill_energy = {};
  transfers_->handed_over(replica, std::move(handed));
}

void PoolRuntime::come_over(const Request& request, Ticks now) {
  ++bin_.arrivals;
  ++arrivals_;
  outstanding_.come(now);
  tell_place(request, kOnItsWay);
}

bool PoolRuntime::find_place(const Request& request, const RequestProgress& progress, HostedReplica*& place, Ticks now) {
  wake_for(outstanding_.count(), now);
  place = route(request, now);
  if (place != nullptr) {
    return true;
  }
  if (members() == 0 && !demand_) {
    return false;
  }
  tell_place(request, kNoReplica);
  unrouted_time_.come(now);
  unrouted_.push(Waiting{request, std::make_unique<RequestProgress>(progress)}, now);
  if (members() == 0) {
    demand_(*this, now);
  }
  return true;
}

void PoolRuntime::receive(HostedReplica& replica, const Request& request, const RequestProgress& progress, Ticks now) {
  tell_place(request, replica.number());
  replica.receive(request, progress, now);
  changed(replica);
}

}  // namespace idlewatt
