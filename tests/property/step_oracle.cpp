#include "property/step_oracle.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "physics/memory_plan.hpp"

namespace idlewatt {
namespace {

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

StepOracle::StepOracle(const StepModel& physics, std::int64_t total_blocks, std::unique_ptr<BatchPolicy> policy,
                       const QueuePolicy& order, const PrefixPolicy& prefix, bool hands_over, const KvLayout& layout,
                       const OracleScheduler& scheduler)
    : physics_(&physics),
      total_blocks_(total_blocks),
      layout_(layout),
      policy_(std::move(policy)),
      order_(&order),
      blocks_(total_blocks, prefix),
      hands_over_(hands_over),
      scheduler_(scheduler) {}

void StepOracle::enqueue(const Request& request, Ticks now) {
  Sequence sequence;
  sequence.request = request;
  come(std::move(sequence), now + scheduler_.per_request + scheduler_.per_prompt_token * request.prompt_tokens, now);
}

void StepOracle::receive(const Request& request, Ticks first_token, Ticks now) {
  Sequence sequence;
  sequence.request = request;
  sequence.admitted = request.arrival;
  sequence.emissions = {first_token};
  sequence.received = request.prompt_tokens;
  come(std::move(sequence), now, now);
}

void StepOracle::release(std::int64_t id, Ticks now) {
  const auto found = std::find_if(held_.begin(), held_.end(), [id](const Held& held) { return held.request == id; });
  blocks_.let_go(found->blocks);
  held_.erase(found);
  if (!stepping_ && (!batch_.empty() || waiting() > 0)) {
    boundary_ = pending_ ? std::min(boundary_, now) : now;
    pending_ = true;
  }
}

void StepOracle::advance_to(Ticks now) {
  while (true) {
    if (stepping_) {
      if (steps_.back().to > now) {
        return;
      }
      end_step();
    } else if (!in_flight_ && next_seen() <= std::min(now, pending_ ? boundary_ : kNever)) {
      const Ticks seen = next_seen();
      arrive(take_unseen(), seen);
    } else if (pending_ && boundary_ < now) {
      plan();
    } else {
      return;
    }
  }
}

// ---- Rules 1 to 4, and 8 ----

bool StepOracle::is_unfinished() const {
  return std::any_of(batch_.begin(), batch_.end(), [](const Sequence& sequence) { return !sequence.done; });
}

BatchView StepOracle::view() const {
  BatchView view;
  view.now = planned_at_;
  view.finished = ended_seats_;
  for (const Sequence& sequence : batch_) {
    (sequence.done ? view.finished : sequence.decoding ? view.decoding : view.prefilling) += 1;
  }
  view.waiting = joinable(planned_at_);
  if (view.waiting > 0) {
    const Sequence& first = queue_[head(planned_at_)];
    view.waiting_since = waiting_since(planned_at_);
    view.head_blocks = wanted(first);
  }
  view.free_blocks = free_blocks();
  view.total_blocks = total_blocks_;
  return view;
}

void StepOracle::wait(Ticks until, std::int64_t number) {
  waits_ = true;
  wait_for_ = number;
  pending_ = true;
  boundary_ = std::min(until, next_release(boundary_));
}

// Rule 14.
std::int64_t StepOracle::wanted(const Sequence& sequence) const {
  if (sequence.received == 0) {
    const std::int64_t known = sequence.known_tokens();
    const std::int64_t pages = (known + kKvBlockTokens - 1) / kKvBlockTokens;
    return blocks_of(known) - (pages - blocks_.wanted(sequence.request, known));
  }
  std::int64_t blocks = blocks_of(sequence.known_tokens());
  for (const Sequence& other : batch_) {
    if (other.decoding && !other.done) {
      blocks += blocks_of(other.cached + 1) - static_cast<std::int64_t>(other.blocks.size());
    }
  }
  return blocks;
}

void StepOracle::join_received() {
  while (seats_taken() < policy_->max_sequences() && head(planned_at_) < queue_.size()) {
    const std::size_t first = head(planned_at_);
    if (queue_[first].received == 0 || wanted(queue_[first]) > free_blocks()) {
      return;
    }
    Sequence sequence = std::move(queue_[first]);
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(first));
    sequence.cached = sequence.received;
    sequence.received = 0;
    sequence.keeps_blocks = false;
    sequence.decoding = true;
    while (static_cast<std::int64_t>(sequence.blocks.size()) < blocks_of(sequence.cached)) {
      sequence.blocks.push_back(blocks_.take());
    }
    batch_.push_back(std::move(sequence));
  }
}

void StepOracle::plan() {
  pending_ = false;
  waits_ = false;
  // Rule 16.
  if (in_flight_ && plan_step()) {
    let_go_of_ended();
    return;
  }
  let_go_of_ended();
  planned_at_ = boundary_;
  plan_step();
}

void StepOracle::let_go_of_ended() {
  for (std::vector<std::size_t>& blocks : ended_blocks_) {
    blocks_.let_go(blocks);
  }
  ended_blocks_.clear();
  ended_seats_ = 0;
  in_flight_ = false;
}

/// False when it was made in flight and begins no step.
bool StepOracle::plan_step() {
  while (next_seen() <= planned_at_) {
    queue_.push_back(take_unseen());
  }
  join_received();
  if (batch_.empty() && joinable(planned_at_) == 0) {
    if (!in_flight_) {
      wait(kNever, 1);
    }
    return false;
  }
  const BatchPlan plan = policy_->plan(view());
  together_ = plan.together;

  const bool preempted = plan.decode && give_room_to_decoding();
  if (plan.decode) {
    keep_filled();
  }

  std::int64_t tokens = std::max<std::int64_t>(0, plan.prefill_tokens);
  bool nothing_yet = true;
  const auto give = [&](Sequence& sequence, std::int64_t most) {
    sequence.chunk = std::min(most, sequence.known_tokens() - sequence.cached);
    blocks_.keep(sequence.request, sequence.cached + sequence.chunk, sequence.blocks);
    tokens -= sequence.chunk;
    nothing_yet = nothing_yet && sequence.chunk == 0;
  };
  for (Sequence& sequence : batch_) {
    if (!sequence.decoding) {
      give(sequence, tokens);
    }
  }

  std::int32_t joined = 0;
  while (!preempted && joined < plan.admit && tokens > 0 && head(planned_at_) < queue_.size()) {
    const std::size_t first = head(planned_at_);
    const Sequence& candidate = queue_[first];
    const std::int64_t known = candidate.known_tokens();
    std::vector<std::size_t> found = blocks_.find_prefix(candidate.request, known);
    const std::int64_t left = known - static_cast<std::int64_t>(found.size()) * kKvBlockTokens;
    if (candidate.received > 0 || wanted(candidate) > free_blocks() ||
        (plan.whole_prompts && !nothing_yet && left > tokens)) {
      break;
    }
    Sequence sequence = std::move(queue_[first]);
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(first));
    for (const std::size_t block : found) {
      blocks_.hold(block);
    }
    sequence.blocks = std::move(found);
    sequence.cached = known - left;
    const std::int64_t of_prompt = std::min<std::int64_t>(sequence.cached, sequence.request.prompt_tokens);
    sequence.prefix_tokens += std::max<std::int64_t>(0, of_prompt - sequence.reached);
    while (static_cast<std::int64_t>(sequence.blocks.size()) < blocks_of(known)) {
      sequence.blocks.push_back(blocks_.take());
    }
    give(sequence, plan.whole_prompts ? known : tokens);
    if (sequence.admitted == kNever) {
      sequence.admitted = boundary_;
    }
    batch_.push_back(std::move(sequence));
    ++joined;
  }
  begin_step(plan.decode);
  if (!stepping_ && !in_flight_) {
    if (plan.wait_until <= boundary_ && !held_.empty()) {
      wait(kNever, 1);
    } else if (plan.wait_until <= boundary_) {
      throw Error("the plan begins no step");
    } else {
      wait(plan.wait_until, plan.wait_for);
    }
  }
  return stepping_;
}

// Rule 2. Whether anything was preempted.
bool StepOracle::give_room_to_decoding() {
  bool preempted = false;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!batch_[i].decoding || batch_[i].done || !full(batch_[i])) {
      continue;
    }
    const std::int64_t wanted = blocks_of(batch_[i].cached + 1) - static_cast<std::int64_t>(batch_[i].blocks.size());
    bool here = true;
    while (free_blocks() < wanted && here) {
      const std::size_t gone = victim();
      here = gone != i;
      preempt(gone);
      preempted = true;
      if (gone <= i) {
        --i;
      }
    }
    while (here && full(batch_[i])) {
      batch_[i].blocks.push_back(blocks_.take());
    }
  }
  return preempted;
}

// Rule 5, and 9 for padding.
void StepOracle::begin_step(bool decode) {
  shape_ = StepShape();
  context_ = 0;
  std::int32_t padding = 0;
  for (const Sequence& sequence : batch_) {
    padding += sequence.done ? 1 : 0;
    if (sequence.decoding && !sequence.done && decode) {
      shape_.decode_sequences += 1;
      context_ += read_by(sequence.cached + 1);
    }
    if (sequence.chunk > 0) {
      shape_.prefill_sequences += 1;
      shape_.prefill_tokens += sequence.chunk;
      shape_.prefill_context += read_before(sequence.cached) + physics_->attended().whole() * sequence.chunk;
      for (std::int64_t token = 1; token <= sequence.chunk; ++token) {
        shape_.prefill_attention += read_by(sequence.cached + token);
      }
    }
  }
  if (shape_.decode_sequences == 0 && shape_.prefill_tokens == 0) {
    return;
  }
  shape_.decode_sequences += shape_.decode_sequences > 0 ? padding : 0;
  step_decodes_ = decode;
  stepping_ = true;
  step_physics_ = physics_;
  const StepCost cost = physics_->line(shape_).at(context_);
  OracleStep step;
  step.from = boundary_;
  step.to = boundary_ + cost.duration;
  step.energy = cost.energy;
  step.kind = shape_.prefill_tokens == 0 ? WorkKind::decode
                                         : (shape_.decode_sequences == 0 ? WorkKind::prefill : WorkKind::mixed);
  step.sequences = running() - padding;
  step.prompt_tokens = shape_.prefill_tokens;
  for (const Sequence& sequence : batch_) {
    const bool emits = sequence.decoding ? decode : sequence.cached + sequence.chunk == sequence.known_tokens();
    step.output_tokens += emits && !sequence.done ? 1 : 0;
  }
  steps_.push_back(step);
}

// The shares of the step under way, as documented at Finished::energy.
void StepOracle::share_energy() {
  Energy decode_energy;
  if (shape_.decode_sequences > 0) {
    StepShape pure;
    pure.decode_sequences = shape_.decode_sequences;
    const CostLine line = step_physics_->line(pure);
    const CostPiece& piece = piece_of(line, context_);
    decode_energy = piece.at(context_).energy;
    for (Sequence& sequence : batch_) {
      if (sequence.decoding) {
        sequence.energy.fj += piece.energy_at_zero_fj / shape_.decode_sequences;
        if (!sequence.done) {
          sequence.energy.fj += static_cast<int128_t>(piece.energy_per_token_fj) * read_by(sequence.cached + 1);
        }
        sequence.steps += 1;
      }
    }
  }
  const Energy increment = steps_.back().energy - decode_energy;
  for (Sequence& sequence : batch_) {
    if (sequence.chunk > 0) {
      const Energy own{increment.fj * sequence.chunk / shape_.prefill_tokens};
      sequence.energy += own;
      sequence.prefill_energy += own;
      sequence.steps += 1;
    }
  }
}

void StepOracle::end_step() {
  share_energy();
  const Ticks now = steps_.back().to;
  in_flight_ = scheduler_.asynchronous && !together_;
  planned_at_ = steps_.back().from;
  std::vector<bool> left(batch_.size(), false);
  // Those that decode end first, then those whose prompts this step completes.
  std::vector<std::size_t> order(batch_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_partition(order.begin(), order.end(), [this](std::size_t i) { return batch_[i].decoding; });
  for (const std::size_t i : order) {
    Sequence& sequence = batch_[i];
    if (!sequence.done) {
      left[i] = end_step_of(sequence, now);
    }
  }
  std::vector<Sequence> staying;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (!left[i]) {
      staying.push_back(std::move(batch_[i]));
    }
  }
  batch_ = std::move(staying);
  drop_cancelled(now);
  stepping_ = false;
  boundary_ = now;
  pending_ = !batch_.empty() || waiting() > 0;
  if (!pending_) {
    let_go_of_ended();
  }
}

/// Whether it leaves the batch.
bool StepOracle::end_step_of(Sequence& sequence, Ticks now) {
  if (sequence.decoding && step_decodes_) {
    sequence.cached += 1;
    emit(sequence, now);
  } else if (sequence.chunk > 0) {
    sequence.cached += sequence.chunk;
    sequence.chunk = 0;
    if (sequence.cached == sequence.known_tokens()) {
      sequence.decoding = true;
      emit(sequence, now);
      if (hands_over_ && sequence.request.output_tokens > 1) {
        held_.push_back({sequence.request.id, std::move(sequence.blocks)});
        ended_seats_ += in_flight_ ? 1 : 0;
        handed_.push_back(leave(std::move(sequence), now));
        return true;
      }
    }
  }
  sequence.done = static_cast<std::int64_t>(sequence.emissions.size()) == sequence.request.output_tokens;
  if (sequence.done) {
    if (in_flight_) {
      ended_blocks_.push_back(std::move(sequence.blocks));
      sequence.blocks.clear();
    } else {
      blocks_.let_go(sequence.blocks);
    }
    if (!together_) {
      finish(std::move(sequence), now);
      return true;
    }
  }
  return false;
}

// Rule 11.
/// At a boundary: the cancelled leave but for finished members of a static batch; the batch ends where only such stay.
void StepOracle::drop_cancelled(Ticks now) {
  std::vector<Sequence> staying;
  for (Sequence& sequence : batch_) {
    const bool cancelled = std::find(cancelled_.begin(), cancelled_.end(), sequence.request.id) != cancelled_.end();
    if (cancelled && !sequence.done) {
      blocks_.let_go(sequence.blocks);
      finish(std::move(sequence), now);
    } else {
      staying.push_back(std::move(sequence));
    }
  }
  batch_ = std::move(staying);
  cancelled_.clear();
  if (!is_unfinished()) {
    for (Sequence& sequence : batch_) {
      finish(std::move(sequence), now);
    }
    batch_.clear();
  }
}

/// It leaves the batch.
void StepOracle::finish(Sequence&& sequence, Ticks now) {
  ended_seats_ += in_flight_ ? 1 : 0;
  finished_.push_back(leave(std::move(sequence), now));
}

void StepOracle::emit(Sequence& sequence, Ticks now) {
  sequence.emissions.push_back(now);
  emissions_.push_back({sequence.request.id, static_cast<std::int32_t>(sequence.emissions.size()), now});
}

OracleFinished StepOracle::leave(Sequence&& sequence, Ticks end) {
  OracleFinished result;
  result.steps = sequence.steps;
  Finished& finished = result.finished;
  finished.request = std::move(sequence.request);
  finished.admitted = sequence.admitted;
  finished.end = end;
  finished.generated = static_cast<std::int32_t>(sequence.emissions.size());
  finished.preemptions = sequence.preemptions;
  finished.prefix_tokens = static_cast<std::int32_t>(sequence.prefix_tokens);
  finished.energy = sequence.energy;
  finished.prefill_energy = sequence.prefill_energy;
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
  while (!unseen_.empty()) {
    queue_.push_back(take_unseen());
  }
  std::vector<OracleFinished> result;
  for (Sequence& sequence : batch_) {
    result.push_back(leave(std::move(sequence), kNever));
  }
  if (!order_->first_come()) {
    std::sort(queue_.begin(), queue_.end(), [&](const Sequence& left, const Sequence& right) {
      return standing(left, now).before(standing(right, now));
    });
  }
  for (Sequence& sequence : queue_) {
    result.push_back(leave(std::move(sequence), kNever));
  }
  batch_.clear();
  queue_.clear();
  cancelled_.clear();
  held_.clear();
  blocks_ = BlockOracle(total_blocks_, blocks_.policy());
  ended_blocks_.clear();
  ended_seats_ = 0;
  in_flight_ = false;
  stepping_ = false;
  pending_ = false;
  waits_ = false;
  return result;
}

}  // namespace idlewatt
