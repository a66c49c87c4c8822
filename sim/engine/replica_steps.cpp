// The end of a replica's steps: what they generated, what they cost, who has ended.
#include <algorithm>
#include <utility>

#include "engine/replica.hpp"

namespace idlewatt {

Finished to_finished(Request&& request, const RequestProgress& progress, Ticks end) {
  return {.request = std::move(request),
          .admitted = progress.admitted,
          .first_token = progress.first_token,
          .end = end,
          .worst_gap = progress.worst_gap,
          .generated = progress.generated,
          .preemptions = progress.preemptions,
          .prefix_tokens = progress.prefix_tokens,
          .energy = progress.energy,
          .prefill_energy = progress.prefill_energy};
}

WorkKind Replica::work_kind() const {
  return !run_.prefills ? WorkKind::decode : run_.decodes ? WorkKind::mixed : WorkKind::prefill;
}

void Replica::report_work(Ticks now, ReplicaObserver& observer) {
  if (!stepping_ || now <= reported_.until) {
    return;
  }
  const Ticks elapsed = now - clock_;
  std::int64_t done = 0;
  StepCost whole;
  StepCost under_way = run_.total;
  if (run_.steps > 1) {
    done = decoding_.steps_begun_before(elapsed + 1, run_.steps) - 1;
    whole = decoding_.sum(done);
    under_way = decoding_.step_after(done);
  }
  const Energy energy = whole.energy + share(under_way.energy, elapsed - whole.duration, under_way.duration);
  observer.worked({.kind = work_kind(),
                   .from = reported_.until,
                   .to = now,
                   .energy = energy - reported_.energy,
                   .sequences = unfinished(),
                   .prompt_tokens = 0,
                   .output_tokens = (done - reported_.steps) * decoding_.size()});
  reported_.until = now;
  reported_.energy = energy;
  reported_.steps = done;
}

std::int64_t Replica::blocks_in_use(Ticks now) const {
  const std::int64_t taken = blocks_.total() - blocks_.free();
  if (!stepping_ || run_.steps == 1) {
    return taken;
  }
  // Of the steps of a run, only the first has taken its blocks.
  const std::int64_t begun = std::max<std::int64_t>(decoding_.steps_begun_before(now - clock_, run_.steps), 1);
  return taken + decoding_.blocks_of(begun) - decoding_.blocks_of_next_step();
}

void Replica::end_steps(ReplicaObserver& observer) {
  const std::int64_t decoded = run_.decodes ? (run_.steps - reported_.steps) * decoding_.size() : 0;
  // Steps that an arrival cut where work had just been reported leave nothing to report.
  if (reported_.until < run_.end) {
    observer.worked({.kind = work_kind(),
                     .from = reported_.until,
                     .to = run_.end,
                     .energy = run_.total.energy - reported_.energy,
                     .sequences = unfinished(),
                     .prompt_tokens = run_.prompt_tokens,
                     .output_tokens = decoded + run_.prefill_emissions});
  }
  in_flight_ = plans_ahead();
  // The next step was planned when the last of these began.
  planned_at_ = in_flight_ && run_.steps > 1 ? clock_ + decoding_.sum(run_.steps - 1).duration : clock_;
  if (run_.decodes) {
    end_decode(run_.steps);
  }
  clock_ = run_.end;
  stepping_ = false;
  finish_decoded(observer);
  if (run_.prefills) {
    end_prefill(observer);
  }
  if (!cancelled_.empty() || !padding_.empty()) {
    drop_cancelled(observer);
  }
  if (outstanding() > 0) {
    set_boundary(at_plan(clock_));
  } else {
    be_idle();
  }
}

void Replica::end_decode(std::int64_t steps) {
  // The first step's blocks were taken when it was planned.
  if (steps > 1) {
    blocks_.take(decoding_.blocks_of(steps) - decoding_.blocks_of_next_step());
  }
  const Ticks first = run_.steps > 1 ? decoding_.next_step().duration : run_.total.duration;
  const Ticks total = steps == run_.steps ? run_.total.duration : decoding_.sum(steps).duration;
  decoding_.end_steps(steps, clock_, first, total, slots_);
}

void Replica::finish_decoded(ReplicaObserver& observer) {
  while (decoding_.any_finished()) {
    const std::int32_t slot = decoding_.take_finished(slots_);
    drop_shared_answer(slot);
    has_all_tokens(slot, observer);
  }
}

void Replica::end_prefill(ReplicaObserver& observer) {
  // What a pure decode step of the same sequences would have cost is the decoding sequences' share (added above); the
  // rest was caused by the prompts.
  const Energy rest = run_.total.energy - std::min(run_.total.energy, run_.decode_energy);
  std::size_t kept = 0;
  for (const std::int32_t slot : prefilling_) {
    Sequence& sequence = at(slot);
    sequence.computed += sequence.chunk;
    const Energy own = share(rest, sequence.chunk, run_.prompt_tokens);
    sequence.progress.energy += own;
    sequence.progress.prefill_energy += own;
    if (sequence.chunk == 0 || sequence.computed < sequence.known_tokens()) {
      sequence.chunk = 0;
      prefilling_[kept++] = slot;
      continue;
    }
    RequestProgress& progress = sequence.progress;
    if (progress.generated > 0) {
      progress.worst_gap = std::max(progress.worst_gap, clock_ - progress.last_emission);
    } else {
      progress.first_token = clock_;
    }
    progress.last_emission = clock_;
    ++progress.generated;
    if (progress.generated == sequence.request.output_tokens) {
      has_all_tokens(slot, observer);
    } else if (spec_->hands_over) {
      hand_over(slot, observer);
    } else {
      decoding_.join(slot, slots_);
      share_answer(slot);
    }
  }
  prefilling_.resize(kept);
}

void Replica::hand_over(std::int32_t slot, ReplicaObserver& observer) {
  Sequence& sequence = at(slot);
  held_.emplace_back(sequence.request.id, slot);
  ended_seats_ += in_flight_ ? 1 : 0;
  observer.handed_over({std::move(sequence.request), sequence.progress, clock_});
}

void Replica::has_all_tokens(std::int32_t slot, ReplicaObserver& observer) {
  if (in_flight_) {
    blocks_.keep(at(slot), at(slot).computed);
    ended_.push_back({.slot = slot, .has_blocks = true});
  } else {
    blocks_.release(at(slot), at(slot).computed);
  }
  if (together_) {
    decoding_.become_padding(slot, slots_);
    padding_.push_back(slot);
  } else {
    finish(slot, observer);
  }
}

/// Those in the batch whom nobody wants any more leave it; a static batch of which nobody unfinished is left ends.
void Replica::drop_cancelled(ReplicaObserver& observer) {
  if (!cancelled_.empty()) {
    std::vector<std::int32_t> leaving = decoding_.members();
    leaving.insert(leaving.end(), prefilling_.begin(), prefilling_.end());
    std::erase_if(leaving, [this](std::int32_t slot) {
      return std::find(cancelled_.begin(), cancelled_.end(), at(slot).request.id) == cancelled_.end();
    });
    cancelled_.clear();
    sort_by_admission(leaving);
    for (const std::int32_t slot : leaving) {
      leave_batch(slot);
      finish(slot, observer);
    }
  }
  if (!padding_.empty() && unfinished() == 0) {
    end_static_batch(observer);
  }
}

void Replica::end_static_batch(ReplicaObserver& observer) {
  sort_by_admission(padding_);
  for (const std::int32_t slot : padding_) {
    decoding_.drop_padding(slot, slots_);
    finish(slot, observer);
  }
  padding_.clear();
}

void Replica::finish(std::int32_t slot, ReplicaObserver& observer) {
  observer.finished(to_finished(std::move(at(slot).request), at(slot).progress, clock_));
  if (in_flight_) {
    ended_.push_back({.slot = slot});
    ++ended_seats_;
  } else {
    free_slots_.push_back(slot);
  }
}

std::vector<Finished> Replica::take_unfinished(Ticks now) {
  if (stepping_ && run_.steps > 1 && now > clock_ && reported_.steps > 0) {
    // Of a jump under way, the steps that have ended count.
    end_decode(reported_.steps);
  }
  std::vector<std::int32_t> running = decoding_.members();
  for (const std::int32_t slot : running) {
    decoding_.leave(slot, slots_);
  }
  for (const std::int32_t slot : padding_) {
    decoding_.drop_padding(slot, slots_);
  }
  running.insert(running.end(), prefilling_.begin(), prefilling_.end());
  running.insert(running.end(), padding_.begin(), padding_.end());
  sort_by_admission(running);
  std::vector<Finished> result;
  result.reserve(running.size() + queue_.size());
  for (const std::int32_t slot : running) {
    result.push_back(to_finished(std::move(at(slot).request), at(slot).progress, kNever));
  }
  while (front_end_.size() > 0) {
    queue_.push(front_end_.pop(), now);
  }
  for (Waiting& waiting : queue_.take_all(now)) {
    result.push_back(
        to_finished(std::move(waiting.request), waiting.progress ? *waiting.progress : RequestProgress{}, kNever));
  }
  *this = Replica(*next_spec_, std::move(policy_));
  return result;
}

}  // namespace idlewatt
