#include "property/step_oracle.hpp"

#include <algorithm>
#include <utility>

#include "physics/memory_plan.hpp"
#include "units/error.hpp"

namespace idlewatt {
namespace {

std::int64_t blocks_for(std::int64_t tokens) {
  return (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
}

const CostPiece& piece_of(const CostLine& line, std::int64_t context) {
  const CostPiece* found = &line.pieces().front();
  for (const CostPiece& piece : line.pieces()) {
    if (piece.from_context <= context) {
      found = &piece;
    }
  }
  return *found;
}

}  // namespace

StepOracle::StepOracle(const StepModel& physics, std::int64_t total_blocks, std::unique_ptr<BatchPolicy> policy)
    : physics_(&physics), total_blocks_(total_blocks), policy_(std::move(policy)) {}

std::int64_t StepOracle::free_blocks() const {
  std::int64_t free = total_blocks_;
  for (const Sequence& sequence : batch_) {
    free -= sequence.blocks;
  }
  return free;
}

void StepOracle::enqueue(const Query& query, Ticks now) {
  Sequence sequence;
  sequence.query = query;
  queue_.push_back(std::move(sequence));
  if (!stepping_ && !pending_) {
    pending_ = true;
    boundary_ = now;
  }
}

void StepOracle::advance_to(Ticks now) {
  while (true) {
    if (stepping_ && steps_.back().to <= now) {
      end_step();
    } else if (pending_ && boundary_ < now) {
      plan();
    } else {
      return;
    }
  }
}

// Rules 1 to 4 of sim/serving/replica.hpp.
void StepOracle::plan() {
  pending_ = false;
  BatchView view;
  view.now = boundary_;
  for (const Sequence& sequence : batch_) {
    (sequence.decoding ? view.decoding : view.prefilling) += 1;
  }
  view.waiting = waiting();
  view.free_blocks = free_blocks();
  view.total_blocks = total_blocks_;
  const BatchPlan plan = policy_->plan(view);

  const bool preempted = plan.decode && give_room_to_decoding();

  std::int64_t tokens = std::max<std::int64_t>(0, plan.prefill_tokens);
  for (Sequence& sequence : batch_) {
    if (!sequence.decoding) {
      sequence.chunk = std::min(tokens, sequence.known_tokens() - sequence.cached);
      tokens -= sequence.chunk;
    }
  }

  std::int32_t joined = 0;
  while (!preempted && joined < plan.admit && tokens > 0 && !queue_.empty()) {
    const std::int64_t blocks = blocks_for(queue_.front().known_tokens());
    if (blocks > free_blocks()) {
      break;
    }
    Sequence sequence = std::move(queue_.front());
    queue_.pop_front();
    sequence.blocks = blocks;
    sequence.chunk = std::min(tokens, sequence.known_tokens());
    tokens -= sequence.chunk;
    if (sequence.admitted == kNever) {
      sequence.admitted = boundary_;
    }
    batch_.push_back(std::move(sequence));
    ++joined;
  }
  begin_step(plan.decode);
}

// Rule 2. Whether anything was preempted.
bool StepOracle::give_room_to_decoding() {
  bool preempted = false;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!batch_[i].decoding || batch_[i].cached < batch_[i].blocks * kKvBlockTokens) {
      continue;
    }
    if (free_blocks() == 0) {
      preempt_last();
      preempted = true;
    }
    if (i < batch_.size()) {
      batch_[i].blocks += 1;
    }
  }
  return preempted;
}

void StepOracle::preempt_last() {
  Sequence sequence = std::move(batch_.back());
  batch_.pop_back();
  sequence.decoding = false;
  sequence.cached = 0;
  sequence.blocks = 0;
  sequence.chunk = 0;
  sequence.preemptions += 1;
  preempted_.push_back(sequence.query.id);
  queue_.push_front(std::move(sequence));
}

// Rule 5. The rule has no step without work, and a replica that waits for an arrival to go on would be a trap: an
// error.
void StepOracle::begin_step(bool decode) {
  shape_ = StepShape();
  context_ = 0;
  for (const Sequence& sequence : batch_) {
    if (sequence.decoding && decode) {
      shape_.decode_sequences += 1;
      context_ += sequence.cached + 1;
    }
    if (sequence.chunk > 0) {
      shape_.prefill_sequences += 1;
      shape_.prefill_tokens += sequence.chunk;
      shape_.prefill_context += sequence.cached + sequence.chunk;
      for (std::int64_t token = 1; token <= sequence.chunk; ++token) {
        shape_.prefill_attention += sequence.cached + token;
      }
    }
  }
  if (shape_.decode_sequences == 0 && shape_.prefill_tokens == 0) {
    throw Error("the plan begins no step");
  }
  step_decodes_ = decode;
  stepping_ = true;
  const StepCost cost = physics_->line(shape_).at(context_);
  OracleStep step;
  step.from = boundary_;
  step.to = boundary_ + cost.duration;
  step.energy = cost.energy;
  step.kind = shape_.prefill_tokens == 0 ? WorkKind::decode
                                         : (shape_.decode_sequences == 0 ? WorkKind::prefill : WorkKind::mixed);
  step.sequences = running();
  step.prompt_tokens = shape_.prefill_tokens;
  for (const Sequence& sequence : batch_) {
    const bool emits = sequence.decoding ? decode : sequence.cached + sequence.chunk == sequence.known_tokens();
    step.output_tokens += emits ? 1 : 0;
  }
  steps_.push_back(step);
}

// The shares of the step under way, as documented at Finished::energy.
void StepOracle::share_energy() {
  Energy decode_energy;
  if (shape_.decode_sequences > 0) {
    StepShape pure;
    pure.decode_sequences = shape_.decode_sequences;
    const CostLine line = physics_->line(pure);
    const CostPiece& piece = piece_of(line, context_);
    decode_energy = piece.at(context_).energy;
    for (Sequence& sequence : batch_) {
      if (sequence.decoding) {
        sequence.energy.fj += piece.energy_at_zero_fj / shape_.decode_sequences;
        sequence.energy.fj += static_cast<int128_t>(piece.energy_per_token_fj) * (sequence.cached + 1);
        sequence.steps += 1;
      }
    }
  }
  const Energy increment = steps_.back().energy - decode_energy;
  for (Sequence& sequence : batch_) {
    if (sequence.chunk > 0) {
      sequence.energy.fj += increment.fj * sequence.chunk / shape_.prefill_tokens;
      sequence.steps += 1;
    }
  }
}

void StepOracle::end_step() {
  share_energy();
  const Ticks now = steps_.back().to;
  std::vector<Sequence> staying;
  for (Sequence& sequence : batch_) {
    if (sequence.decoding && step_decodes_) {
      sequence.cached += 1;
      emit(sequence, now);
    } else if (sequence.chunk > 0) {
      sequence.cached += sequence.chunk;
      sequence.chunk = 0;
      if (sequence.cached == sequence.known_tokens()) {
        sequence.decoding = true;
        emit(sequence, now);
      }
    }
    if (static_cast<std::int64_t>(sequence.emissions.size()) == sequence.query.output_tokens) {
      finished_.push_back(leave(std::move(sequence), now));
    } else {
      staying.push_back(std::move(sequence));
    }
  }
  batch_ = std::move(staying);
  stepping_ = false;
  boundary_ = now;
  pending_ = !batch_.empty() || !queue_.empty();
}

void StepOracle::emit(Sequence& sequence, Ticks now) {
  sequence.emissions.push_back(now);
  emissions_.push_back({sequence.query.id, static_cast<std::int32_t>(sequence.emissions.size()), now});
}

OracleFinished StepOracle::leave(Sequence&& sequence, Ticks end) {
  OracleFinished result;
  result.steps = sequence.steps;
  Finished& finished = result.finished;
  finished.query = std::move(sequence.query);
  finished.admitted = sequence.admitted;
  finished.end = end;
  finished.generated = static_cast<std::int32_t>(sequence.emissions.size());
  finished.preemptions = sequence.preemptions;
  finished.energy = sequence.energy;
  if (!sequence.emissions.empty()) {
    finished.first_token = sequence.emissions.front();
  }
  for (std::size_t i = 1; i < sequence.emissions.size(); ++i) {
    finished.worst_gap = std::max(finished.worst_gap, sequence.emissions[i] - sequence.emissions[i - 1]);
  }
  return result;
}

std::vector<OracleFinished> StepOracle::take_unfinished(Ticks now) {
  if (stepping_) {
    steps_.back().cut = now;
  }
  std::vector<OracleFinished> result;
  for (Sequence& sequence : batch_) {
    result.push_back(leave(std::move(sequence), kNever));
  }
  for (Sequence& sequence : queue_) {
    result.push_back(leave(std::move(sequence), kNever));
  }
  batch_.clear();
  queue_.clear();
  stepping_ = false;
  pending_ = false;
  return result;
}

}  // namespace idlewatt
