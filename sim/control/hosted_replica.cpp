#include "control/hosted_replica.hpp"

#include <algorithm>
#include <utility>

#include "control/running_pool.hpp"

namespace idlewatt {
namespace {

AcceleratorState state_of(WorkKind kind) {
  switch (kind) {
    case WorkKind::prefill:
      return AcceleratorState::prefill;
    case WorkKind::decode:
      return AcceleratorState::decode;
    case WorkKind::mixed:
      break;
  }
  return AcceleratorState::mixed;
}

}  // namespace

HostedReplica::HostedReplica(RunningPool& pool, ReplicaId id)
    : pool_(&pool), id_(id), serving_(pool.specs().at_full_pace(), pool.specs().make_batch_policy()) {}

void HostedReplica::set_state(ReplicaState state, Ticks now) {
  state_ = state;
  state_since_ = now;
  if (state == ReplicaState::ready) {
    idle_since_ = now;
    free_since_ = std::min(free_since_, now);
  }
}

void HostedReplica::hold(Placement placement, std::vector<AcceleratorSlot*> accelerators) {
  placement_ = std::move(placement);
  free_since_ = kNever;
  had_requests_ = false;
  accelerators_ = std::move(accelerators);
}

void HostedReplica::let_go() {
  placement_ = {};
  accelerators_.clear();
}

void HostedReplica::unpark(Ticks now, Ticks up) {
  parked_ = false;
  idle_since_ = now;
  serving_.hold_until(up);
}

void HostedReplica::enqueue(Request&& request, Ticks now) {
  count_in(request);
  serving_.enqueue(std::move(request), now);
  tell_waiting();
  pool_->replicas().load_changed(*this);
}

void HostedReplica::count_in(const Request& request) {
  if (outstanding_ == 0 && had_requests_) {
    // When the request came, though it may have waited until now for the replica to wake.
    pool_->idle_policy().idle_ended(std::max<Ticks>(request.arrival - free_since_, 0));
  }
  had_requests_ = true;
  ++outstanding_;
  outstanding_prompt_tokens_ += request.prompt_tokens;
}

void HostedReplica::count_out(const Request& request, Ticks now) {
  --outstanding_;
  if (empty()) {
    idle_since_ = now;
    free_since_ = now;
  }
  outstanding_prompt_tokens_ -= request.prompt_tokens;
}

void HostedReplica::expect(const Request& request) {
  count_in(request);
  pool_->replicas().load_changed(*this);
}

void HostedReplica::expect_no_more(const Request& request, Ticks now) {
  count_out(request, now);
  pool_->replicas().load_changed(*this);
}

void HostedReplica::receive(const Request& request, const RequestProgress& progress, Ticks now) {
  serving_.receive(request, progress, now);
  tell_waiting();
}

void HostedReplica::release(std::int64_t id, Ticks now) {
  serving_.release(id, now);
  if (empty()) {
    idle_since_ = now;
    free_since_ = now;
  }
  pool_->replicas().next_change_changed(*this);
}

void HostedReplica::cancel(std::int64_t id, Ticks now) {
  serving_.cancel(id, now, *this);
  tell_waiting();
}

std::vector<Finished> HostedReplica::lose_all(Ticks now) {
  serving_.report_work(now, *this);
  std::vector<Finished> lost = serving_.take_unfinished(now);
  outstanding_ = 0;
  outstanding_prompt_tokens_ = 0;
  tell_waiting();
  return lost;
}

void HostedReplica::change(Ticks now) {
  serving_.change(now, *this);
  tell_waiting();
}

void HostedReplica::tell_waiting() {
  const std::int64_t waiting = serving_.waiting();
  if (waiting != waiting_) {
    pool_->meter().waiting_changed(waiting - waiting_);
    waiting_ = waiting;
  }
}

void HostedReplica::worked(const Work& work) {
  const AcceleratorState state = state_of(work.kind);
  for (AcceleratorSlot* slot : accelerators_) {
    slot->account.worked(state, work.from, work.to, work.energy);
  }
  work_done_.prompt_tokens += work.prompt_tokens;
  work_done_.output_tokens += work.output_tokens;
  work_done_.busy += work.to - work.from;
  pool_->meter().worked(work);
}

void HostedReplica::finished(Finished&& finished) {
  count_out(finished.request, finished.end);
  pool_->replicas().load_changed(*this);
  pool_->requests().ended(std::move(finished), Outcome::served, id_);
}

void HostedReplica::last_chunk_began(const Request& request, std::int64_t tokens, Ticks now) {
  pool_->requests().last_chunk_began(*this, request, tokens, now);
}

void HostedReplica::handed_over(HandOver&& handed) {
  count_out(handed.request, handed.at);
  pool_->replicas().load_changed(*this);
  pool_->requests().hand_over(*this, std::move(handed));
}

}  // namespace idlewatt
