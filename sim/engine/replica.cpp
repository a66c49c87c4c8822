// A replica's plans: what it begins at a boundary. The end of what it began is in replica_steps.cpp.
#include "engine/replica.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.hpp"

namespace idlewatt {

ReplicaSpec::ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences,
                         const KvLayout& kv_layout)
    : physics(&model), total_blocks(blocks), context_tokens(context), layout(kv_layout) {
  decode_lines.reserve(static_cast<std::size_t>(max_sequences));
  for (std::int32_t n = 1; n <= max_sequences; ++n) {
    decode_lines.push_back(model.line({.decode_sequences = n}));
  }
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
  return tokens <= context_tokens && layout.blocks(hands_over ? request.prompt_tokens : tokens - 1) <= total_blocks;
}

void Replica::enqueue(Request request, Ticks now) {
  enqueue({std::move(request), nullptr}, now);
}

void Replica::receive(Request request, const RequestProgress& progress, Ticks now) {
  auto received = std::make_unique<RequestProgress>(progress);
  received->received_tokens = request.prompt_tokens + progress.generated - 1;
  enqueue({std::move(request), std::move(received)}, now);
}

void Replica::enqueue(Waiting waiting, Ticks now) {
  const bool received = waiting.received_tokens() > 0;
  queue_.push(std::move(waiting), now);
  if (pause_.on) {
    arrived_while_waiting(now);
  } else if (next_change_ == kNoChange) {
    next_change_ = at_plan(std::max(now, not_before_));
  } else if (stepping_ && run_steps_ > 1 && (arrivals_matter_ || received)) {
    arrived_while_stepping(now);
  }
}

void Replica::arrived_while_waiting(Ticks now) {
  const bool enough = queue_.joinable(now, running()) >= pause_.number;
  const Ticks until = enough ? now : std::max(now, std::min(pause_.until, queue_.next_release()));
  next_change_ = std::min(next_change_, at_plan(std::max(until, not_before_)));
}

void Replica::arrived_while_stepping(Ticks now) {
  // A later arrival during the step under way changes nothing more.
  arrivals_matter_ = false;
  cut_to_step_under_way(now);
}

/// The step under way at `now` ends; what was to follow is planned anew.
void Replica::cut_to_step_under_way(Ticks now) {
  const std::int64_t steps = decoding_.steps_begun_before(now - clock_, run_steps_);
  if (steps < run_steps_) {
    run_steps_ = steps;
    run_total_ = decoding_.sum(steps);
    run_end_ = clock_ + run_total_.duration;
    next_change_ = at_end(run_end_);
  }
}

void Replica::price_by(const ReplicaSpec& spec, Ticks now) {
  if (next_spec_ == &spec) {
    return;
  }
  next_spec_ = &spec;
  if (stepping_ && run_steps_ > 1) {
    cut_to_step_under_way(now);
  }
}

void Replica::cancel(std::int64_t id, Ticks now, ReplicaObserver& observer) {
  if (stepping_ && run_steps_ > 1) {
    // Also where it waits: who stood behind it may join now.
    cut_to_step_under_way(now);
  }
  if (std::optional<Waiting> waiting = queue_.take(id)) {
    observer.finished(
        to_finished(std::move(waiting->request), waiting->progress ? *waiting->progress : RequestProgress{}, now));
  } else {
    cancelled_.push_back(id);
    if (!stepping_) {
      clock_ = now;
      drop_cancelled(observer);
      next_change_ = std::min(next_change_, at_plan(std::max(now, not_before_)));
    }
  }
  if (outstanding() == 0) {
    pause_.on = false;
    next_change_ = kNoChange;
  }
}

void Replica::release(std::int64_t id, Ticks now) {
  const auto found = std::find_if(held_.begin(), held_.end(), [id](const auto& held) { return held.first == id; });
  const std::int32_t slot = found->second;
  held_.erase(found);
  blocks_.release(at(slot), at(slot).computed);
  free_slots_.push_back(slot);
  if (!stepping_ && outstanding() > 0) {
    next_change_ = std::min(next_change_, at_plan(std::max(now, not_before_)));
  }
}

void Replica::change(Ticks now, ReplicaObserver& observer) {
  if (stepping_) {
    end_steps(observer);
    if (next_change_ > at_end(now)) {
      return;
    }
  }
  make_plan(observer);
}

// ---- Planning, at a boundary ----

void Replica::make_plan(ReplicaObserver& observer) {
  clock_ = time_of(next_change_);
  pause_.on = false;
  if (spec_ != next_spec_) {
    spec_ = next_spec_;
    decoding_.price_by(spec_->decode_lines);
  }
  join_received();
  const BatchView seen = view();
  if (running() == 0 && seen.waiting == 0) {
    wait({.wait_until = kNever, .wait_for = 1});
    return;
  }
  const BatchPlan plan = policy_->plan(seen);
  together_ = plan.together;
  bool decode = plan.decode && decoding_.size() > 0;
  const bool preempted = decode && !give_blocks_to_decoding();
  decode = decode && decoding_.size() > 0;

  run_prompt_tokens_ = 0;
  run_prefill_emissions_ = 0;
  continue_prefill(plan.prefill_tokens, decode);
  if (!preempted) {
    admit(plan, decode);
  }
  // Where a request may go ahead of others, one that arrives may join although the head cannot.
  arrivals_matter_ = plan.arrivals_matter || (queue_.reorders() && plan.admit > 0);
  if (run_prompt_tokens_ > 0) {
    start_prefill_step(decode, observer);
  } else if (decode) {
    start_decode_run();
    if (preempted && run_steps_ > 1) {
      // What was preempted may find room again at the next boundary.
      begin(1, decoding_.next_step());
    }
  } else if (!wait(plan) && !wait_for_release()) {
    throw Error("the batching policy leaves a replica with work standing still");
  }
}

void Replica::join_received() {
  while (running() < spec_->max_sequences()) {
    Waiting* head = queue_.head(clock_, running());
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
  BatchView view{.now = clock_,
                 .decoding = decoding_.size(),
                 .prefilling = static_cast<std::int32_t>(prefilling_.size()),
                 .finished = decoding_.padding(),
                 .waiting = queue_.joinable(clock_, running()),
                 .free_blocks = blocks_.free(),
                 .total_blocks = spec_->total_blocks};
  if (view.waiting > 0) {
    const Waiting& head = *queue_.head(clock_, running());
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
  next_change_ = at_plan(until);
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
  queue_.put_back({std::move(sequence.request), std::make_unique<RequestProgress>(sequence.progress)}, clock_);
  free_slots_.push_back(slot);
}

void Replica::continue_prefill(std::int64_t tokens, bool decode) {
  for (const std::int32_t slot : prefilling_) {
    give_chunk(at(slot), tokens - run_prompt_tokens_, decode);
  }
}

void Replica::admit(const BatchPlan& plan, bool decode) {
  std::int32_t seats = plan.admit;
  for (; seats > 0 && run_prompt_tokens_ < plan.prefill_tokens; --seats) {
    Waiting* head = queue_.head(clock_, running());
    if (head != nullptr) {
      keep_answers_for(head->request, decode ? 1 : 0);
    }
    // One that was received could not join before the plan.
    if (head == nullptr || head->received_tokens() > 0 || wanted_by(*head) > blocks_.free()) {
      return;
    }
    const std::int64_t tokens = plan.prefill_tokens - run_prompt_tokens_;
    if (plan.whole_prompts && run_prompt_tokens_ > 0 &&
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
  run_prompt_tokens_ += sequence.chunk;
  keep_answers_for(sequence.request, decode ? 1 : 0);
  blocks_.keep(sequence, sequence.computed + sequence.chunk);
  run_prefill_emissions_ += sequence.chunk == left ? 1 : 0;
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
  run_prefills_ = true;
  run_decodes_ = decode;
  run_decode_energy_ = decode ? decoding_.next_step().energy : Energy{};
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
  run_prefills_ = false;
  run_decodes_ = true;
  // The first step's blocks are taken already.
  const std::int64_t limit = std::min(decoding_.steps_until_finish(), decoding_.steps_until_window());
  std::int64_t steps = decoding_.steps_with(blocks_.free() + decoding_.blocks_of_next_step(), limit);
  if (arrivals_matter_ && queue_.next_release() != kNever) {
    steps = decoding_.steps_begun_before(queue_.next_release() - clock_, steps);
  }
  if (!shared_answers_.empty() && running() < spec_->max_sequences()) {
    if (const Waiting* head = queue_.head(clock_, running()); head != nullptr) {
      steps = std::min(steps, steps_until_answer_block(head->request));
    }
  }
  begin(steps, decoding_.sum(steps));
}

void Replica::begin(std::int64_t steps, const StepCost& total) {
  stepping_ = true;
  run_steps_ = steps;
  run_total_ = total;
  run_end_ = checked_ticks(static_cast<int128_t>(clock_) + total.duration);
  reported_until_ = clock_;
  reported_energy_ = {};
  reported_steps_ = 0;
  next_change_ = at_end(run_end_);
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
