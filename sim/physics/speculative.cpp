#include "physics/speculative.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "base/require.hpp"
#include "physics/linear_pieces.hpp"

namespace idlewatt {
namespace {

/// `line` at contexts that are `shift` tokens longer, `times` times; the exact sum of integers.
struct Part {
  const CostLine* line = nullptr;
  std::int64_t times = 1;
  std::int64_t shift = 0;

  CostPiece at(std::int64_t context) const {
    const std::vector<CostPiece>& pieces = line->pieces();
    const auto after = std::find_if(pieces.begin() + 1, pieces.end(),
                                    [&](const CostPiece& piece) { return piece.from_context > context + shift; });
    CostPiece piece = *(after - 1);
    piece.duration_at_zero = times * (piece.duration_at_zero + piece.duration_per_token * shift);
    piece.energy_at_zero_fj =
        times * (piece.energy_at_zero_fj + static_cast<int128_t>(piece.energy_per_token_fj) * shift);
    piece.duration_per_token *= times;
    piece.energy_per_token_fj *= times;
    return piece;
  }
};

/// Rounded up, so that no step goes below the floor.
template <class Integer>
Integer divided(Integer amount, double by) {
  return static_cast<Integer>(std::ceil(static_cast<double>(amount) / by));
}

/// The sum of the parts, divided. Pieces begin wherever one of a part's does.
CostLine sum_of(const std::vector<Part>& parts, double divisor) {
  std::set<std::int64_t> begins{0};
  for (const Part& part : parts) {
    for (const CostPiece& piece : part.line->pieces()) {
      begins.insert(std::max<std::int64_t>(0, piece.from_context - part.shift));
    }
  }
  std::vector<CostPiece> pieces;
  for (const std::int64_t begin : begins) {
    CostPiece sum{.from_context = begin};
    for (const Part& part : parts) {
      const CostPiece piece = part.at(begin);
      sum.duration_at_zero += piece.duration_at_zero;
      sum.duration_per_token += piece.duration_per_token;
      sum.energy_at_zero_fj += piece.energy_at_zero_fj;
      sum.energy_per_token_fj += piece.energy_per_token_fj;
    }
    sum.duration_at_zero = divided(sum.duration_at_zero, divisor);
    sum.duration_per_token = divided(sum.duration_per_token, divisor);
    sum.energy_at_zero_fj = divided(sum.energy_at_zero_fj, divisor);
    sum.energy_per_token_fj = divided(sum.energy_per_token_fj, divisor);
    pieces.push_back(sum);
  }
  return CostLine(std::move(pieces));
}

}  // namespace

double tokens_per_round(std::int32_t drafted, double acceptance) {
  return (1.0 - std::pow(acceptance, drafted + 1)) / (1.0 - acceptance);
}

Speculative::Speculative(std::unique_ptr<StepModel> target, std::unique_ptr<StepModel> draft, std::int32_t drafted,
                         double acceptance)
    : target_(std::move(target)),
      draft_(std::move(draft)),
      drafted_(drafted),
      yield_(tokens_per_round(drafted, acceptance)) {
  require(drafted >= 1 && acceptance >= 0.0 && acceptance < 1.0, "a checked speculation");
}

CostLine Speculative::decode_line(std::int32_t sequences) const {
  const CostLine drafting = draft_->line({.decode_sequences = sequences});
  const CostLine verifying = target_->line({.decode_sequences = sequences, .decode_tokens = drafted_ + 1});
  // Of a round's draft steps each reads one token more of every sequence than the one before; the last step of the
  // round reads all that were drafted.
  const std::int64_t middle = static_cast<std::int64_t>(sequences) * (drafted_ - 1) / 2;
  const std::int64_t all = static_cast<std::int64_t>(sequences) * drafted_;
  return sum_of({{&drafting, drafted_, middle}, {&verifying, 1, all}}, yield_);
}

CostLine Speculative::line(const StepShape& shape) const {
  if (shape.prefill_tokens == 0) {
    return decode_line(shape.decode_sequences);
  }
  // What prompts cost does not depend on the context that decoding sequences read.
  StepShape prompts = shape;
  prompts.decode_sequences = 0;
  const StepCost target = target_->cost(prompts, 0);
  const StepCost draft = draft_->cost(prompts, 0);
  std::vector<CostPiece> pieces{{}};
  if (shape.decode_sequences > 0) {
    pieces = decode_line(shape.decode_sequences).pieces();
  }
  for (CostPiece& piece : pieces) {
    piece.duration_at_zero += target.duration + draft.duration;
    piece.energy_at_zero_fj += (target.energy + draft.energy).fj;
  }
  return CostLine(std::move(pieces));
}

StepFloor Speculative::floor() const {
  const StepFloor t = target_->floor();
  const StepFloor d = draft_->floor();
  const double k = drafted_;
  // Of a step with output, a round's share; of one with prompts alone, both models' whole: the least of the two.
  const auto either = [&](double of_target, double of_draft) {
    return std::min((of_target + k * of_draft) / yield_, of_target + of_draft);
  };
  const auto per_token = [&](double of_target, double of_draft) {
    return std::min(((k + 1.0) * of_target + k * of_draft) / yield_, of_target + of_draft);
  };
  const double decode_context_s = (t.decode_context_s + k * d.decode_context_s) / yield_;
  return {.step_s = std::max(0.0, either(t.step_s, d.step_s) - 1.0 / kTicks),
          .sequence_s = either(t.sequence_s, d.sequence_s),
          .weights_s = either(t.weights_s, d.weights_s),
          .token_s = per_token(t.token_s, d.token_s),
          .decode_context_s = std::floor(decode_context_s * kTicks) / kTicks,
          .prefill_pair_s = t.prefill_pair_s + d.prefill_pair_s,
          .weights_j = either(t.weights_j, d.weights_j),
          .token_j = per_token(t.token_j, d.token_j),
          .prompt_token_j = t.prompt_token_j + d.prompt_token_j,
          .decode_context_j = (t.decode_context_j + k * d.decode_context_j) / yield_,
          .prefill_pair_j = t.prefill_pair_j + d.prefill_pair_j,
          .static_w = std::min(t.static_w, d.static_w),
          .limit_w = std::min(t.limit_w, d.limit_w)};
}

}  // namespace idlewatt
