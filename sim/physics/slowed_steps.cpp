#include "physics/slowed_steps.hpp"

#include <cmath>
#include <utility>

namespace idlewatt {
namespace {

Ticks times(Ticks duration, double slowness) {
  return to_ticks(to_seconds(duration) * slowness);
}

}  // namespace

CostLine SlowedSteps::line(const StepShape& shape) const {
  std::vector<CostPiece> pieces = whole_->line(shape).pieces();
  for (CostPiece& piece : pieces) {
    const CostPiece whole = piece;
    // Coefficients are rounded once; the piece is right where it begins.
    const Ticks begins = whole.at(whole.from_context).duration;
    piece.duration_per_token = times(whole.duration_per_token, slowness_);
    piece.duration_at_zero = times(begins, slowness_) - piece.duration_per_token * piece.from_context;
    piece.energy_at_zero_fj += (idle_ * (piece.duration_at_zero - whole.duration_at_zero)).fj;
    piece.energy_per_token_fj +=
        static_cast<std::int64_t>((idle_ * (piece.duration_per_token - whole.duration_per_token)).fj);
  }
  return CostLine(std::move(pieces));
}

}  // namespace idlewatt
