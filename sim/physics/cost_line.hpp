// The cost of a batch step as a function of the context it reads. The function is piecewise linear, so that the cost of
// n steps has a closed form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/energy.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Time and energy of one step or of several. The energy is that of ONE accelerator of the replica (all are alike).
struct StepCost {
  Ticks duration = 0;
  Energy energy;

  constexpr bool operator==(const StepCost&) const = default;
};

/// One linear piece of a CostLine, extended to context 0. Its coefficients are integers, so that sums are exact.
struct CostPiece {
  std::int64_t from_context = 0;  ///< the piece is valid from this context to that of the next piece
  Ticks duration_at_zero = 0;
  Ticks duration_per_token = 0;
  int128_t energy_at_zero_fj = 0;
  std::int64_t energy_per_token_fj = 0;

  constexpr StepCost at(std::int64_t context) const {
    return {duration_at_zero + duration_per_token * context,
            {energy_at_zero_fj + static_cast<int128_t>(energy_per_token_fj) * context}};
  }
};

/// The duration and the energy of a step that reads `c` context tokens, as functions of c.
class CostLine {
 public:
  CostLine() = default;
  /// Makes a line. Throws Error unless `pieces` ascend in from_context and the first begins at 0, and for a piece whose
  /// steps would take no time.
  explicit CostLine(std::vector<CostPiece> pieces);

  /// The cost of one step at context `c`.
  StepCost at(std::int64_t context) const { return piece_at(context).at(context); }

  /// The cost of `steps` steps. The first reads `context` tokens, each of the others `growth` tokens more than the one
  /// before.
  StepCost sum(std::int64_t context, std::int64_t growth, std::int64_t steps) const;

  /// The number of such steps, at most `limit`, that begin strictly before `elapsed` ticks have passed.
  std::int64_t steps_begun_before(Ticks elapsed, std::int64_t context, std::int64_t growth, std::int64_t limit) const;

  /// Divides the `steps` steps of sum() into runs on one piece each; calls visit(piece, first context, steps), in order.
  template <class Visit>
  void for_each_piece(std::int64_t context, std::int64_t growth, std::int64_t steps, Visit visit) const {
    const CostPiece* piece = &piece_at(context);
    // Nearly all runs lie on one piece: for those the division below is saved.
    const CostPiece* const last = &pieces_.back();
    while (steps > 0 && piece < last && context + (steps - 1) * growth >= piece[1].from_context) {
      const std::int64_t to_next = piece[1].from_context - context;
      const std::int64_t here = (to_next + growth - 1) / growth;
      if (here > 0) {
        visit(*piece, context, here);
        context += here * growth;
        steps -= here;
      }
      ++piece;
    }
    if (steps > 0) {
      visit(*piece, context, steps);
    }
  }

  const std::vector<CostPiece>& pieces() const { return pieces_; }

 private:
  const CostPiece& piece_at(std::int64_t context) const {
    const CostPiece* piece = &pieces_.back();
    while (piece->from_context > context) {
      --piece;
    }
    return *piece;
  }

  std::vector<CostPiece> pieces_;
};

}  // namespace idlewatt
