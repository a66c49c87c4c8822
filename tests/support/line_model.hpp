// A step model made of given straight pieces, so that tests can choose shapes that no roofline has.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "physics/step_model.hpp"

namespace idlewatt {

/// duration and energy = a piecewise line of the context + what sequences and prompt tokens add to both.
struct LineModelCosts {
  std::vector<CostPiece> pieces;
  Ticks duration_per_sequence = 0;
  Ticks duration_per_prefill_token = 0;
  Ticks duration_per_prefill_context = 0;
  std::int64_t energy_per_sequence_fj = 0;
  std::int64_t energy_per_prefill_token_fj = 0;
  std::int64_t energy_per_prefill_attention_fj = 0;
};

class LineModel final : public StepModel {
 public:
  explicit LineModel(LineModelCosts costs, AttendedContext attended = {})
      : costs_(std::move(costs)), attended_(std::move(attended)) {}

  const AttendedContext& attended() const override { return attended_; }

  CostLine line(const StepShape& shape) const override {
    const std::int64_t sequences = shape.decode_sequences + shape.prefill_sequences;
    std::vector<CostPiece> pieces = costs_.pieces;
    for (CostPiece& piece : pieces) {
      piece.duration_at_zero += costs_.duration_per_sequence * sequences +
                                costs_.duration_per_prefill_token * shape.prefill_tokens +
                                costs_.duration_per_prefill_context * shape.prefill_context;
      piece.energy_at_zero_fj +=
          static_cast<int128_t>(costs_.energy_per_sequence_fj) * sequences +
          static_cast<int128_t>(costs_.energy_per_prefill_token_fj) * shape.prefill_tokens +
          static_cast<int128_t>(costs_.energy_per_prefill_attention_fj) * shape.prefill_attention;
    }
    return CostLine(std::move(pieces));
  }

 private:
  LineModelCosts costs_;
  AttendedContext attended_;
};

}  // namespace idlewatt
