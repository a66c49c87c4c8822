#include "serving/replica.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "units/error.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t blocks_for(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
}

}  // namespace

ReplicaSpec::ReplicaSpec(const StepModel& model, std::int64_t blocks, std::int32_t context, std::int32_t max_sequences)
    : physics(&model), total_blocks(blocks), context_tokens(context) {
  decode_lines.reserve(static_cast<std::size_t>(max_sequences));
  for (std::int32_t n = 1; n <= max_sequences; ++n) {
    decode_lines.push_back(model.line({.decode_sequences = n}));
  }
}

Replica::Replica(const ReplicaSpec& spec, std::unique_ptr<BatchPolicy> policy)
    : spec_(&spec), policy_(std::move(policy)), free_blocks_(spec.total_blocks) {}

bool ReplicaSpec::fits(const Query& query) const {
  const std::int64_t tokens = static_cast<std::int64_t>(query.prompt_tokens) + query.output_tokens;
  // The last output token is never read again, so its keys and values are never stored.
  return tokens <= context_tokens && blocks_for(tokens - 1) <= total_blocks;
}

void Replica::enqueue(Query query, Ticks now) {
  queue_.push_back({std::move(query), nullptr});
  if (next_change_ == kNoChange) {
    clock_ = now;
    next_change_ = at_plan(now);
  } else if (stepping_ && run_steps_ > 1 && arrivals_matter_) {
    // The step under way ends first; a later arrival during it changes nothing more.
    const std::int64_t steps = decode_line().steps_begun_before(now - clock_, decode_context(), decoding_, run_steps_);
    arrivals_matter_ = false;
    if (steps < run_steps_) {
      run_steps_ = steps;
      run_total_ = decode_line().sum(decode_context(), decoding_, steps);
      run_end_ = clock_ + run_total_.duration;
      next_change_ = at_end(run_end_);
    }
  }
}

void Replica::change(Ticks now, ReplicaObserver& observer) {
  if (stepping_) {
    end_steps(observer);
    if (next_change_ > at_end(now)) {
      return;
    }
  }
  make_plan();
}

// ---- Planning, at a boundary ----

void Replica::make_plan() {
  const std::int64_t head_blocks = queue_.empty()
                                       ? 0
                                       : blocks_for(queue_.front().query.prompt_tokens +
                                                    (queue_.front().progress ? queue_.front().progress->generated : 0));
  const BatchPlan plan = policy_->plan({.now = clock_,
                                        .decoding = decoding_,
                                        .prefilling = static_cast<std::int32_t>(prefilling_.size()),
                                        .waiting = waiting(),
                                        .head_blocks = head_blocks,
                                        .free_blocks = free_blocks_,
                                        .total_blocks = spec_->total_blocks});
  bool decode = plan.decode && decoding_ > 0;
  const bool preempted = decode && !give_blocks_to_decoding();
  decode = decode && decoding_ > 0;

  run_prompt_tokens_ = 0;
  run_prefill_emissions_ = 0;
  continue_prefill(plan.prefill_tokens);
  if (!preempted) {
    admit(plan.admit, plan.prefill_tokens - run_prompt_tokens_);
  }
  arrivals_matter_ = plan.arrivals_matter;
  if (run_prompt_tokens_ > 0) {
    start_prefill_step(decode);
  } else if (decode) {
    start_decode_run();
    if (preempted && run_steps_ > 1) {
      // What was preempted may find room again at the next boundary.
      begin(1, decode_line().at(decode_context()));
    }
  } else {
    throw Error("the batching policy leaves a replica with work standing still");
  }
}

/// Takes the blocks of the first decode step; false when sequences had to be preempted for them.
bool Replica::give_blocks_to_decoding() {
  const std::int32_t wanted = in_phase_[phase(decode_count_)];
  if (wanted <= free_blocks_) {
    free_blocks_ -= wanted;
    return true;
  }
  preempt_for_blocks();
  return false;
}

void Replica::preempt_for_blocks() {
  // Rare, so plain: the running sequences in order of admission, the victims from the end.
  std::vector<std::int32_t> running = prefilling_;
  for (const Finish& entry : finishes_) {
    running.push_back(entry.slot);
  }
  const auto sequence = [this](std::int32_t slot) -> Sequence& { return slots_[static_cast<std::size_t>(slot)]; };
  std::sort(running.begin(), running.end(),
            [&](std::int32_t a, std::int32_t b) { return sequence(a).order < sequence(b).order; });
  for (std::size_t i = 0; i < running.size(); ++i) {
    const std::int32_t slot = running[i];
    const bool decoding = std::find(prefilling_.begin(), prefilling_.end(), slot) == prefilling_.end();
    if (!decoding || kv_tokens(sequence(slot)) % kKvBlockTokens != 0) {
      continue;
    }
    while (free_blocks_ == 0 && i < running.size()) {
      preempt(running.back());
      running.pop_back();
    }
    if (i < running.size()) {
      --free_blocks_;
    }
  }
}

void Replica::preempt(std::int32_t slot) {
  Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
  const auto prefilling = std::find(prefilling_.begin(), prefilling_.end(), slot);
  if (prefilling != prefilling_.end()) {
    free_blocks_ += blocks_for(sequence.known_tokens());
    prefilling_.erase(prefilling);
  } else {
    free_blocks_ += blocks_for(kv_tokens(sequence));
    std::erase_if(finishes_, [slot](const Finish& entry) { return entry.slot == slot; });
    std::make_heap(finishes_.begin(), finishes_.end(), std::greater<>());
    stop_decoding(slot);
  }
  ++sequence.progress.preemptions;
  queue_.push_front({std::move(sequence.query), std::make_unique<Progress>(sequence.progress)});
  free_slots_.push_back(slot);
}

void Replica::continue_prefill(std::int64_t tokens) {
  for (const std::int32_t slot : prefilling_) {
    tokens -= give_chunk(slots_[static_cast<std::size_t>(slot)], tokens);
  }
}

void Replica::admit(std::int32_t limit, std::int64_t tokens) {
  while (limit > 0 && tokens > 0 && !queue_.empty()) {
    Waiting& head = queue_.front();
    const std::int64_t known = head.query.prompt_tokens + (head.progress ? head.progress->generated : 0);
    const std::int64_t blocks = blocks_for(known);
    if (blocks > free_blocks_) {
      return;
    }
    free_blocks_ -= blocks;
    const std::int32_t slot = new_slot();
    Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
    sequence.query = std::move(head.query);
    sequence.progress = head.progress ? *head.progress : Progress{};
    sequence.order = admissions_++;
    sequence.computed = 0;
    if (sequence.progress.admitted == kNever) {
      sequence.progress.admitted = clock_;
    }
    queue_.pop_front();
    prefilling_.push_back(slot);
    tokens -= give_chunk(sequence, tokens);
    --limit;
  }
}

std::int64_t Replica::give_chunk(Sequence& sequence, std::int64_t tokens) {
  const std::int64_t left = sequence.known_tokens() - sequence.computed;
  sequence.chunk = std::min(left, std::max<std::int64_t>(tokens, 0));
  run_prompt_tokens_ += sequence.chunk;
  run_prefill_emissions_ += sequence.chunk == left ? 1 : 0;
  return sequence.chunk;
}

void Replica::start_prefill_step(bool decode) {
  StepShape shape;
  shape.decode_sequences = decode ? decoding_ : 0;
  for (const std::int32_t slot : prefilling_) {
    const Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
    if (sequence.chunk > 0) {
      ++shape.prefill_sequences;
      shape.prefill_tokens += sequence.chunk;
      shape.prefill_context += sequence.computed + sequence.chunk;
      shape.prefill_attention += sequence.chunk * sequence.computed + sequence.chunk * (sequence.chunk + 1) / 2;
    }
  }
  run_prefills_ = true;
  run_decodes_ = decode;
  run_decode_energy_ = decode ? decode_line().at(decode_context()).energy : Energy{};
  begin(1, spec_->physics->cost(shape, decode ? decode_context() : 0));
}

void Replica::start_decode_run() {
  run_prefills_ = false;
  run_decodes_ = true;
  const std::int64_t until_finish = finishes_.front().at - decode_count_;
  // The first step's blocks are taken already.
  const std::int64_t steps = steps_with_blocks(free_blocks_ + in_phase_[phase(decode_count_)], until_finish);
  begin(steps, decode_line().sum(decode_context(), decoding_, steps));
}

void Replica::begin(std::int64_t steps, const StepCost& total) {
  stepping_ = true;
  run_steps_ = steps;
  run_total_ = total;
  run_sequences_ = running();
  run_end_ = checked_ticks(static_cast<int128_t>(clock_) + total.duration);
  reported_until_ = clock_;
  reported_energy_ = {};
  reported_steps_ = 0;
  next_change_ = at_end(run_end_);
}

std::int64_t Replica::blocks_wanted(std::int64_t steps) const {
  std::int64_t blocks = steps / kKvBlockTokens * decoding_;
  for (std::int64_t i = 0; i < steps % kKvBlockTokens; ++i) {
    blocks += in_phase_[phase(decode_count_ + i)];
  }
  return blocks;
}

/// The most decode steps, up to `limit`, for which `blocks` suffice.
std::int64_t Replica::steps_with_blocks(std::int64_t blocks, std::int64_t limit) const {
  if (blocks_for(limit) * decoding_ <= blocks) {
    return limit;
  }
  std::int64_t steps = blocks / decoding_ * kKvBlockTokens;
  std::int64_t left = blocks % decoding_;
  while (steps < limit && in_phase_[phase(decode_count_ + steps)] <= left) {
    left -= in_phase_[phase(decode_count_ + steps)];
    ++steps;
  }
  return std::min(steps, limit);
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

// ---- The end of steps ----

void Replica::report_work(Ticks now, ReplicaObserver& observer) {
  if (!stepping_ || now <= reported_until_) {
    return;
  }
  const Ticks elapsed = now - clock_;
  std::int64_t done = 0;
  StepCost whole;
  StepCost under_way = run_total_;
  if (run_steps_ > 1) {
    done = decode_line().steps_begun_before(elapsed + 1, decode_context(), decoding_, run_steps_) - 1;
    whole = decode_line().sum(decode_context(), decoding_, done);
    under_way = decode_line().at(decode_context() + done * decoding_);
  }
  const Energy energy = whole.energy + share(under_way.energy, elapsed - whole.duration, under_way.duration);
  const WorkKind kind = !run_prefills_ ? WorkKind::decode : run_decodes_ ? WorkKind::mixed : WorkKind::prefill;
  observer.worked({.kind = kind,
                   .from = reported_until_,
                   .to = now,
                   .energy = energy - reported_energy_,
                   .sequences = run_sequences_,
                   .prompt_tokens = 0,
                   .output_tokens = (done - reported_steps_) * decoding_});
  reported_until_ = now;
  reported_energy_ = energy;
  reported_steps_ = done;
}

void Replica::end_steps(ReplicaObserver& observer) {
  const WorkKind kind = !run_prefills_ ? WorkKind::decode : run_decodes_ ? WorkKind::mixed : WorkKind::prefill;
  const std::int64_t decoded = run_decodes_ ? (run_steps_ - reported_steps_) * decoding_ : 0;
  // Steps that an arrival cut where work had just been reported leave nothing to report.
  if (reported_until_ < run_end_) {
    observer.worked({.kind = kind,
                     .from = reported_until_,
                     .to = run_end_,
                     .energy = run_total_.energy - reported_energy_,
                     .sequences = run_sequences_,
                     .prompt_tokens = run_prompt_tokens_,
                     .output_tokens = decoded + run_prefill_emissions_});
  }
  if (run_decodes_) {
    end_decode(run_steps_);
  }
  clock_ = run_end_;
  stepping_ = false;
  finish_decoded(observer);
  if (run_prefills_) {
    end_prefill(observer);
  }
  if (decoding_ == 0) {
    // Nobody refers to the running sums any more: start them anew, so that they stay small.
    decode_count_ = 0;
    shares_ = {};
    gaps_.clear();
  }
  next_change_ = outstanding() > 0 ? at_plan(clock_) : kNoChange;
}

void Replica::end_decode(std::int64_t steps) {
  add_decode_shares(steps);
  add_gaps(steps);
  // The first step's blocks were taken when it was planned.
  free_blocks_ -= blocks_wanted(steps) - in_phase_[phase(decode_count_)];
  decode_count_ += steps;
}

void Replica::add_decode_shares(std::int64_t steps) {
  int128_t count = decode_count_;
  decode_line().for_each_piece(decode_context(), decoding_, steps,
                               [&](const CostPiece& piece, std::int64_t, std::int64_t here) {
                                 const int128_t n = here;
                                 shares_.fixed_fj += n * piece.energy_at_zero_fj / decoding_;
                                 shares_.slope_fj += n * piece.energy_per_token_fj;
                                 shares_.moment_fj += piece.energy_per_token_fj * (n * count + n * (n - 1) / 2);
                                 count += n;
                               });
}

void Replica::add_gaps(std::int64_t steps) {
  const Ticks first_duration = run_steps_ > 1 ? decode_line().at(decode_context()).duration : run_total_.duration;
  const Ticks first_end = clock_ + first_duration;
  // Who began to decode since the last decode step waited from its own last token, the others from that step.
  for (const std::int32_t slot : newcomers_) {
    Progress& progress = slots_[static_cast<std::size_t>(slot)].progress;
    progress.worst_gap = std::max(progress.worst_gap, first_end - progress.last_emission);
  }
  if (static_cast<std::int32_t>(newcomers_.size()) < decoding_) {
    gaps_.push(decode_count_ + 1, first_end - last_decode_emission_);
  }
  newcomers_.clear();
  if (steps > 1) {
    Ticks longest = 0;
    decode_line().for_each_piece(decode_context() + decoding_, decoding_, steps - 1,
                                 [&](const CostPiece& piece, std::int64_t context, std::int64_t here) {
                                   longest = std::max(longest, piece.at(context + (here - 1) * decoding_).duration);
                                 });
    gaps_.push(decode_count_ + steps, longest);
  }
  last_decode_emission_ =
      clock_ +
      (steps == run_steps_ ? run_total_.duration : decode_line().sum(decode_context(), decoding_, steps).duration);
}

void Replica::finish_decoded(ReplicaObserver& observer) {
  while (!finishes_.empty() && finishes_.front().at == decode_count_) {
    std::pop_heap(finishes_.begin(), finishes_.end(), std::greater<>());
    const std::int32_t slot = finishes_.back().slot;
    finishes_.pop_back();
    free_blocks_ += blocks_for(kv_tokens(slots_[static_cast<std::size_t>(slot)]));
    stop_decoding(slot);
    finish(slot, observer);
  }
}

void Replica::end_prefill(ReplicaObserver& observer) {
  // What a pure decode step of the same sequences would have cost is the decoding sequences' share (added above); the
  // rest was caused by the prompts.
  const Energy rest = run_total_.energy - std::min(run_total_.energy, run_decode_energy_);
  std::size_t kept = 0;
  for (const std::int32_t slot : prefilling_) {
    Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
    sequence.computed += sequence.chunk;
    sequence.progress.energy += share(rest, sequence.chunk, run_prompt_tokens_);
    if (sequence.chunk == 0 || sequence.computed < sequence.known_tokens()) {
      sequence.chunk = 0;
      prefilling_[kept++] = slot;
      continue;
    }
    Progress& progress = sequence.progress;
    if (progress.generated > 0) {
      progress.worst_gap = std::max(progress.worst_gap, clock_ - progress.last_emission);
    } else {
      progress.first_token = clock_;
    }
    progress.last_emission = clock_;
    ++progress.generated;
    if (progress.generated == sequence.query.output_tokens) {
      free_blocks_ += blocks_for(sequence.computed);
      finish(slot, observer);
    } else {
      start_decoding(slot);
    }
  }
  prefilling_.resize(kept);
}

void Replica::start_decoding(std::int32_t slot) {
  Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
  sequence.kv_base = sequence.computed - decode_count_;
  sequence.joined_at = decode_count_;
  sequence.shares_before = shares_;
  context_base_ += sequence.kv_base;
  ++in_phase_[phase(-sequence.kv_base)];
  ++decoding_;
  newcomers_.push_back(slot);
  finishes_.push_back(
      {decode_count_ + sequence.query.output_tokens - sequence.progress.generated, sequence.order, slot});
  std::push_heap(finishes_.begin(), finishes_.end(), std::greater<>());
}

/// The sequence leaves the decoding ones; its progress is brought up to date.
void Replica::stop_decoding(std::int32_t slot) {
  Sequence& sequence = slots_[static_cast<std::size_t>(slot)];
  Progress& progress = sequence.progress;
  progress.generated = static_cast<std::int32_t>(kv_tokens(sequence) - sequence.query.prompt_tokens + 1);
  progress.energy.fj += shares_.fixed_fj - sequence.shares_before.fixed_fj +
                        (shares_.slope_fj - sequence.shares_before.slope_fj) * (sequence.kv_base + 1) +
                        (shares_.moment_fj - sequence.shares_before.moment_fj);
  // Its first gap after it joined began with its own last token and was taken then.
  progress.worst_gap = std::max(progress.worst_gap, gaps_.longest_after(sequence.joined_at + 1));
  if (decode_count_ > sequence.joined_at) {
    progress.last_emission = last_decode_emission_;
  } else {
    std::erase(newcomers_, slot);
  }
  context_base_ -= sequence.kv_base;
  --in_phase_[phase(-sequence.kv_base)];
  --decoding_;
}

void Replica::finish(std::int32_t slot, ReplicaObserver& observer) {
  observer.finished(to_finished(std::move(slots_[static_cast<std::size_t>(slot)]), clock_));
  free_slots_.push_back(slot);
}

Finished Replica::to_finished(Sequence&& sequence, Ticks end) const {
  return {.query = std::move(sequence.query),
          .admitted = sequence.progress.admitted,
          .first_token = sequence.progress.first_token,
          .end = end,
          .worst_gap = sequence.progress.worst_gap,
          .generated = sequence.progress.generated,
          .preemptions = sequence.progress.preemptions,
          .energy = sequence.progress.energy};
}

std::vector<Finished> Replica::take_unfinished(Ticks now) {
  if (stepping_ && run_steps_ > 1 && now > clock_ && reported_steps_ > 0) {
    // Of a jump under way, the steps that have ended count.
    end_decode(reported_steps_);
  }
  std::vector<std::int32_t> running = prefilling_;
  for (const Finish& entry : finishes_) {
    stop_decoding(entry.slot);
    running.push_back(entry.slot);
  }
  std::sort(running.begin(), running.end(), [this](std::int32_t a, std::int32_t b) {
    return slots_[static_cast<std::size_t>(a)].order < slots_[static_cast<std::size_t>(b)].order;
  });
  std::vector<Finished> result;
  result.reserve(running.size() + queue_.size());
  for (const std::int32_t slot : running) {
    result.push_back(to_finished(std::move(slots_[static_cast<std::size_t>(slot)]), kNever));
  }
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    Waiting& waiting = queue_[i];
    Sequence sequence;
    sequence.query = std::move(waiting.query);
    if (waiting.progress) {
      sequence.progress = *waiting.progress;
    }
    result.push_back(to_finished(std::move(sequence), kNever));
  }
  *this = Replica(*spec_, std::move(policy_));
  return result;
}

}  // namespace idlewatt
