// What a batch step costs as a function of the context it reads: piecewise linear, so that n steps have a closed form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/energy.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Time and energy of one step, or of several. Energy is that of ONE accelerator of the replica (all are alike).
struct StepCost {
  Ticks duration = 0;
  Energy energy;

  constexpr bool operator==(const StepCost&) const = default;
};

/// One straight piece of a CostLine, extended to c = 0: integer coefficients, so that sums over integers are exact.
struct CostPiece {
  std::int64_t from_context = 0;  ///< valid from here up to the next piece's
  Ticks duration_at_zero = 0;
  Ticks duration_per_token = 0;
  int128_t energy_at_zero_fj = 0;
  std::int64_t energy_per_token_fj = 0;

  constexpr StepCost at(std::int64_t context) const {
    return {duration_at_zero + duration_per_token * context,
            {energy_at_zero_fj + static_cast<int128_t>(energy_per_token_fj) * context}};
  }
};

/// duration(c) and energy(c) of a step that reads `c` context tokens.
class CostLine {
 public:
  CostLine() = default;
  /// `pieces` in ascending order of from_context, the first from 0. Throws Error on anything else, and on a piece
  /// whose steps would take no time.
  explicit CostLine(std::vector<CostPiece> pieces);

  /// One step at context `c`.
  StepCost at(std::int64_t context) const { return piece_at(context).at(context); }

  /// `steps` steps, the first at `context`, each of the others `growth` tokens later than the one before.
  StepCost sum(std::int64_t context, std::int64_t growth, std::int64_t steps) const;

  /// How many such steps begin strictly before `elapsed` ticks have passed (at most `limit`).
  std::int64_t steps_begun_before(Ticks elapsed, std::int64_t context, std::int64_t growth, std::int64_t limit) const;

  /// Calls visit(piece, context, steps) for each run of such steps that lies on one piece, in order.
  template <class Visit>
  void for_each_piece(std::int64_t context, std::int64_t growth, std::int64_t steps, Visit visit) const {
    std::size_t index = index_at(context);
    while (steps > 0) {
      std::int64_t here = steps;
      if (index + 1 < pieces_.size() && growth > 0) {
        const std::int64_t to_next = pieces_[index + 1].from_context - context;
        here = std::min(steps, (to_next + growth - 1) / growth);
      }
      if (here > 0) {
        visit(pieces_[index], context, here);
        context += here * growth;
        steps -= here;
      }
      ++index;
    }
  }

  const std::vector<CostPiece>& pieces() const { return pieces_; }

 private:
  std::size_t index_at(std::int64_t context) const {
    std::size_t index = pieces_.size() - 1;
    while (pieces_[index].from_context > context) {
      --index;
    }
    return index;
  }
  const CostPiece& piece_at(std::int64_t context) const { return pieces_[index_at(context)]; }

  std::vector<CostPiece> pieces_;
};

}  // namespace idlewatt
