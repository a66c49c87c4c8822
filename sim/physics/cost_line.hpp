// What a batch step costs as a function of the context it reads: piecewise linear, so that n steps have a closed form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "units/energy.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// Time and energy of one step, or of several. Energy is that of ONE accelerator of the replica (all are alike).
struct StepCost {
  Ticks duration = 0;
  Energy energy;

  constexpr bool operator==(const StepCost&) const = default;
};

/// duration(c) and energy(c) of a step that reads `c` context tokens: straight pieces with integer coefficients, each
/// valid from its own `from_context` up to the next piece's. Evaluated at integers only, all sums are exact.
class CostLine {
 public:
  struct Piece {
    std::int64_t from_context = 0;
    Ticks duration_at_zero = 0;      ///< of the piece's straight line, extended to c = 0
    Ticks duration_per_token = 0;
    int128_t energy_at_zero_fj = 0;
    std::int64_t energy_per_token_fj = 0;
  };

  CostLine() = default;
  /// `pieces` in ascending order of from_context, the first from 0. Throws Error on anything else, and on a duration
  /// that is not positive at a piece's start.
  explicit CostLine(std::vector<Piece> pieces);

  /// One step at context `c`.
  StepCost at(std::int64_t context) const;

  /// `steps` steps, the first at `context`, each of the others `growth` tokens later than the one before.
  StepCost sum(std::int64_t context, std::int64_t growth, std::int64_t steps) const;

  /// How many such steps begin strictly before `elapsed` ticks have passed (at most `limit`).
  std::int64_t steps_begun_before(Ticks elapsed, std::int64_t context, std::int64_t growth, std::int64_t limit) const;

  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::size_t piece_at(std::int64_t context) const;

  std::vector<Piece> pieces_;
};

}  // namespace idlewatt
