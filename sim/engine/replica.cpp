// A replica's plans: what it begins at a boundary. The end of what it began is in replica_steps.cpp.
#include "engine/replica.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {

namespace {

/// The costs of pure decode steps of 1 to `max_sequences` sequences.
std::vector<CostLine> lines_of(const StepModel& model, std::int32_t max_sequences) {
  std::vector<CostLine> lines;
  lines.reserve(static_cast<std::size_t>(max_sequences));
  for (std::int32_t n = 1; n <= max_sequences; ++n) {
    lines.push_back(model.line({.decode_sequences = n}));
  }
  return lines;
}

}  // namespace

ReplicaSpec::ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences,
                         const KvLayout& kv_layout)
    : physics(&model),
      total_blocks(blocks),
      most_blocks(blocks),
      context_tokens(context),
      decode_lines(lines_of(model, max_sequences)),
      layout(kv_layout) {}

ReplicaSpec ReplicaSpec::with_physics(const StepModel& model) const {
  ReplicaSpec other = *this;
  other.physics = &model;
  other.decode_lines = lines_of(model, max_sequences());
  return other;
}

Replica::Replica(const ReplicaSpec& spec, std::unique_ptr<BatchPolicy> policy)
    : spec_(&spec),
      next_spec_(&spec),
      policy_(std::move(policy)),
      queue_(spec.queue, spec.max_sequences()),
      blocks_(spec.total_blocks, spec.prefix, spec.layout),
      decoding_(spec.decode_lines, spec.physics->attended(), spec.layout) {}

bool ReplicaSpec::fits(const Request& request) const {
  const std::int64_t tokens = static_cast<std::int64_t>(request.prompt_tokens) + request.output_tokens;
  // The last output token is never read again, so its keys and values are never stored.
  return tokens <= context_tokens && layout.blocks(hands_over ? request.prompt_tokens : tokens - 1) <= most_blocks;
}

void Replica::change(Ticks now, ReplicaObserver& observer) {
  if (!stepping_ && next_change_ == boundary_) {
    make_plan(observer);
    return;
  }
  if (stepping_) {
    end_steps(observer);
  } else {
    leave_front_end();
  }
  if (next_change_ == boundary_ && next_change_ <= at_end(now)) {
    make_plan(observer);
  }
}

// ---- Planning, at a boundary ----

void Replica::make_plan(ReplicaObserver& observer) {
  clock_ = time_of(boundary_);
  boundary_ = kNoChange;
  pause_.on = false;
  if (spec_ != next_spec_) {
    spec_ = next_spec_;
    decoding_.price_by(spec_->decode_lines);
  }
  if (in_flight_ && begin_step(observer)) {
    return;
  }
  let_go_of_ended();
  planned_at_ = clock_;
  begin_step(observer);
}

/// False when it is in flight, and none begins.
bool Replica::begin_step(ReplicaObserver& observer) {
  while (front_end_.next() <= planned_at_) {
    queue_.push(front_end_.pop(), planned_at_);
  }
  if (!queue_.empty()) {
    join_received();
  }
  const BatchView seen = view();
  if (running() == 0 && seen.waiting == 0) {
    return !in_flight_ && wait({.wait_until = kNever, .wait_for = 1});
  }
  const BatchPlan plan = policy_->plan(seen);
  together_ = plan.together;
  bool decode = plan.decode && decoding_.size() > 0;
  const bool preempted = decode && !give_blocks_to_decoding();
  decode = decode && decoding_.size() > 0;

  run_.prompt_tokens = 0;
  run_.prefill_emissions = 0;
  if (!prefilling_.empty()) {
    continue_prefill(plan.prefill_tokens, decode);
  }
  if (!preempted && seen.waiting > 0) {
    admit(plan, decode);
  }
  // Where a request may go ahead of others, one that arrives may join although the head cannot.
  arrivals_matter_ = plan.arrivals_matter || (queue_.reorders() && plan.admit > 0);
  if (run_.prompt_tokens > 0) {
    let_go_of_ended();
    start_prefill_step(decode, observer);
  } else if (decode) {
    // What was preempted may find room again at the next boundary; so may others where those that have ended were.
    const bool more_room = preempted || !ended_.empty() || ended_seats_ > 0;
    let_go_of_ended();
    start_decode_run();
    if (more_room && run_.steps > 1) {
      begin(1, decoding_.next_step());
    }
  } else if (in_flight_) {
    return false;
  } else if (!wait(plan) && !wait_for_release()) {
    throw Error("the batching policy leaves a replica with work standing still");
  }
  return true;
}

/// The plan is made: what those that have ended held is free.
void Replica::free_what_ended_held() {
  for (const Ended& ended : ended_) {
    if (ended.has_blocks) {
      blocks_.release(at(ended.slot), at(ended.slot).computed);
    } else {
      free_slots_.push_back(ended.slot);
    }
  }
  ended_.clear();
}

void Replica::join_received() {
  while (seats_taken() < spec_->max_sequences()) {
    Waiting* head = queue_.head(planned_at_, seats_taken());
    if (head == nullptr || head->received_tokens() == 0 || wanted_by(*head) > blocks_.free()) {
      return;
    }
    const std::int32_t slot = new_slot();
    Sequence& sequence = at(slot);
    sequence.request = std::move(head->request);
    sequence.progress = *head->progress;
    sequence.order = admissions_++;
    sequence.chunk = 0;
    queue_.pop_head();
    blocks_.receive(sequence, sequence.progress.received_tokens);
    sequence.progress.received_tokens = 0;
    decoding_.join(slot, slots_);
  }
}

/// Free blocks without which the request does not join.
std::int64_t Replica::wanted_by(const Waiting& waiting) const {
  return waiting.received_tokens() > 0 ? spec_->layout.blocks(waiting.known_tokens()) + decoding_.blocks_of_next_step()
                                       : blocks_.wanted_by(waiting.request, waiting.known_tokens());
}

BatchView Replica::view() {
  BatchView view{.now = planned_at_,
                 .decoding = decoding_.size(),
                 .prefilling = static_cast<std::int32_t>(prefilling_.size()),
                 .finished = decoding_.padding() + ended_seats_,
                 .waiting = queue_.joinable(planned_at_, seats_taken()),
                 .free_blocks = blocks_.free(),
                 .total_blocks = spec_->total_blocks};
  if (view.waiting > 0) {
    const Waiting& head = *queue_.head(planned_at_, seats_taken());
    keep_answers_for(head.request, 0);
    view.waiting_since = queue_.waiting_since();
    view.head_blocks = wanted_by(head);
  }
  return view;
}

/// Until a time of the plan or of the queue; false when neither is to come.
bool Replica::wait(const BatchPlan& plan) {
  pause_.until = plan.wait_until;
  pause_.number = plan.wait_for;
  const Ticks until = std::min(pause_.until, queue_.next_release());
  pause_.on = pause_.until > clock_;
  // What is held back for ever waits for an arrival: at_plan(kNever) is no change.
  set_boundary(at_plan(until));
  return pause_.on;
}

/// Where blocks are held for requests handed over, more will be free; false when none are.
bool Replica::wait_for_release() {
  return !held_.empty() && wait({.wait_until = kNever, .wait_for = 1});
}

/// Takes the blocks of the first decode step; false when sequences had to be preempted for them.
bool Replica::give_blocks_to_decoding() {
  const std::int64_t wanted = decoding_.blocks_of_next_step();
  if (wanted <= blocks_.free()) {
    blocks_.take(wanted);
    return true;
  }
  preempt_for_blocks();
  return false;
}

void Replica::preempt_for_blocks() {
  // Rare, so plain: the running sequences in order of admission.
  std::vector<std::int32_t> unfinished = decoding_.members();
  unfinished.insert(unfinished.end(), prefilling_.begin(), prefilling_.end());
  sort_by_admission(unfinished);
  std::vector<std::int64_t> taken(unfinished.size(), 0);  // blocks, in this step
  for (std::size_t i = 0; i < unfinished.size(); ++i) {
    const std::int32_t slot = unfinished[i];
    const bool decoding = std::find(prefilling_.begin(), prefilling_.end(), slot) == prefilling_.end();
    const std::int64_t wanted = at(slot).page_blocks;
    if (!decoding || wanted == 0 || decoding_.kv_tokens(at(slot)) % kKvBlockTokens != 0) {
      continue;
    }
    bool stays = true;
    while (blocks_.free() < wanted && stays) {
      const std::size_t victim = victim_of(unfinished);
      stays = victim != i;
      blocks_.give_back(taken[victim]);
      preempt(unfinished[victim]);
      unfinished.erase(unfinished.begin() + static_cast<std::ptrdiff_t>(victim));
      taken.erase(taken.begin() + static_cast<std::ptrdiff_t>(victim));
      i -= victim <= i ? 1 : 0;  // wraps around where the first one is gone; the loop's increment brings it back
    }
    if (stays) {
      blocks_.take(wanted);
      taken[i] = wanted;
    }
  }
}

/// Which of the running sequences, in order of admission, is preempted next.
std::size_t Replica::victim_of(const std::vector<std::int32_t>& unfinished) {
  if (spec_->queue == nullptr || !spec_->queue->preempts_by_rank()) {
    return unfinished.size() - 1;
  }
  const auto urgency = [this](std::int32_t slot) {
    const Request& request = at(slot).request;
    return std::tuple(spec_->queue->place(request).rank, request.arrival, request.id);
  };
  return static_cast<std::size_t>(
      std::max_element(unfinished.begin(), unfinished.end(),
                       [&](std::int32_t left, std::int32_t right) { return urgency(left) < urgency(right); }) -
      unfinished.begin());
}

/// Gives up the blocks of a sequence that is not finished, and brings its progress up to date.
void Replica::leave_batch(std::int32_t slot) {
  Sequence& sequence = at(slot);
  const auto prefilling = std::find(prefilling_.begin(), prefilling_.end(), slot);
  if (prefilling != prefilling_.end()) {
    blocks_.release(sequence, sequence.known_tokens());
    prefilling_.erase(prefilling);
  } else {
    drop_shared_answer(slot);
    decoding_.leave(slot, slots_);
    blocks_.release(sequence, sequence.computed);
  }
  sequence.progress.reached = std::max(sequence.progress.reached, static_cast<std::int32_t>(sequence.computed));
}

void Replica::preempt(std::int32_t slot) {
  leave_batch(slot);
  Sequence& sequence = at(slot);
  ++sequence.progress.preemptions;
  queue_.put_back({std::move(sequence.request), std::make_unique<RequestProgress>(sequence.progress)}, planned_at_);
  free_slots_.push_back(slot);
}

void Replica::continue_prefill(std::int64_t tokens, bool decode) {
  for (const std::int32_t slot : prefilling_) {
    give_chunk(at(slot), tokens - run_.prompt_tokens, decode);
  }
}

void Replica::admit(const BatchPlan& plan, bool decode) {
  std::int32_t seats = plan.admit;
  for (; seats > 0 && run_.prompt_tokens < plan.prefill_tokens; --seats) {
    Waiting* head = queue_.head(planned_at_, seats_taken());
    if (head != nullptr) {
      keep_answers_for(head->request, decode ? 1 : 0);
    }
    // One that was received could not join before the plan.
    if (head == nullptr || head->received_tokens() > 0 || wanted_by(*head) > blocks_.free()) {
      return;
    }
    const std::int64_t tokens = plan.prefill_tokens - run_.prompt_tokens;
    if (plan.whole_prompts && run_.prompt_tokens > 0 &&
        blocks_.to_compute(head->request, head->known_tokens()) > tokens) {
      return;
    }
    const std::int32_t slot = new_slot();
    Sequence& sequence = at(slot);
    sequence.request = std::move(head->request);
    sequence.progress = head->progress ? *head->progress : RequestProgress{};
    sequence.order = admissions_++;
    if (sequence.progress.admitted == kNever) {
      sequence.progress.admitted = clock_;
    }
    queue_.pop_head();
    blocks_.admit(sequence);
    // What it had once and finds again, it had computed itself.
    const std::int64_t found = std::min<std::int64_t>(sequence.computed, sequence.request.prompt_tokens);
    sequence.progress.prefix_tokens +=
        static_cast<std::int32_t>(std::max<std::int64_t>(0, found - sequence.progress.reached));
    prefilling_.push_back(slot);
    give_chunk(sequence, plan.whole_prompts ? sequence.known_tokens() : tokens, decode);
  }
}

void Replica::give_chunk(Sequence& sequence, std::int64_t tokens, bool decode) {
  const std::int64_t left = sequence.known_tokens() - sequence.computed;
  sequence.chunk = std::min(left, std::max<std::int64_t>(tokens, 0));
  run_.prompt_tokens += sequence.chunk;
  keep_answers_for(sequence.request, decode ? 1 : 0);
  blocks_.keep(sequence, sequence.computed + sequence.chunk);
  run_.prefill_emissions += sequence.chunk == left ? 1 : 0;
}

void Replica::start_prefill_step(bool decode, ReplicaObserver& observer) {
  StepShape shape;
  shape.decode_sequences = decode ? decoding_.size() + decoding_.padding() : 0;
  for (const std::int32_t slot : prefilling_) {
    const Sequence& sequence = at(slot);
    if (sequence.chunk > 0) {
      shape.add_chunk(spec_->physics->attended(), sequence.computed, sequence.chunk);
    }
  }
  run_.prefills = true;
  run_.decodes = decode;
  run_.decode_energy = decode ? decoding_.next_step().energy : Energy{};
  begin(1, spec_->physics->cost(shape, decode ? decoding_.context() : 0));
  if (spec_->hands_over) {
    for (const std::int32_t slot : prefilling_) {
      const Sequence& sequence = at(slot);
      if (sequence.chunk > 0 && sequence.computed + sequence.chunk == sequence.known_tokens() &&
          sequence.request.output_tokens > 1) {
        observer.last_chunk_began(sequence.request, sequence.chunk, clock_);
      }
    }
  }
}

void Replica::start_decode_run() {
  run_.prefills = false;
  run_.decodes = true;
  // The first step's blocks are taken already.
  const std::int64_t limit = std::min(decoding_.steps_until_finish(), decoding_.steps_until_window());
  std::int64_t steps = decoding_.steps_with(blocks_.free() + decoding_.blocks_of_next_step(), limit);
  if (arrivals_matter_ && queue_.next_release() != kNever) {
    steps = steps_until_seen(queue_.next_release(), steps);
  }
  if (front_end_.next() != kNever && (arrivals_matter_ || front_end_.holds_received())) {
    steps = steps_until_seen(front_end_.next(), steps);
  }
  if (!shared_answers_.empty() && running() < spec_->max_sequences()) {
    if (const Waiting* head = queue_.head(planned_at_, running()); head != nullptr) {
      steps = std::min(steps, steps_until_answer_block(head->request));
    }
  }
  begin(steps, decoding_.sum(steps));
}

void Replica::begin(std::int64_t steps, const StepCost& total) {
  stepping_ = true;
  run_.steps = steps;
  run_.total = total;
  run_.end = checked_ticks(static_cast<int128_t>(clock_) + total.duration);
  reported_.until = clock_;
  reported_.energy = {};
  reported_.steps = 0;
  next_change_ = at_end(run_.end);
}

std::int32_t Replica::new_slot() {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    return static_cast<std::int32_t>(slots_.size()) - 1;
  }
  const std::int32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void Replica::sort_by_admission(std::vector<std::int32_t>& slots) const {
  std::sort(slots.begin(), slots.end(), [this](std::int32_t a, std::int32_t b) {
    return slots_[static_cast<std::size_t>(a)].order < slots_[static_cast<std::size_t>(b)].order;
  });
}

}  // namespace idlewatt
