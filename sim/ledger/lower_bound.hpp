// Energy that no policy can go below: the sum of what each served request must cost, however well it is batched, on
// accelerators that draw nothing while they wait.
#pragma once

#include <cstdint>

#include "physics/step_floor.hpp"

namespace idlewatt {

/// Sums over the requests that one pool served.
///
/// The relaxation: every step is as full as its seats allow and no accelerator ever waits, boots or loads. A step's
/// weights and overhead are shared by at most `seats` decoding sequences, so an output token after the first costs at
/// least 1/seats of them. For the matrix products, max(weights_s, tokens x token_s) is at least either side, so the
/// bound is the larger of two sums: one that charges the reading of weights to output tokens, one that charges
/// arithmetic to all tokens. The board limit cuts energy, not time: of what a token draws above static power at least
/// the smaller of its own joules and (limit - static) x its own time is left. Recomputation after preemption, idle
/// power, host base power and switches are left out; fans and power supply come in proportion. Prompt tokens that a
/// prefix cache held are left out too: the bound is that of the requests with the prefixes that this run did find.
class LowerBound {
 public:
  LowerBound(const StepFloor& floor, std::int32_t seats);

  /// A request of that many tokens was served in full; the first `prefix_tokens` of its prompt were found in a cache,
  /// never more at once.
  void add_served(std::int64_t prompt_tokens, std::int64_t output_tokens, std::int64_t prefix_tokens = 0);

  /// The two sums: reading of weights charged to output tokens, or arithmetic charged to all tokens.
  struct Sides {
    double by_weights = 0.0;
    double by_arithmetic = 0.0;
  };

  /// Joules of one accelerator of the replicas.
  Sides sides_j() const;
  /// The larger of the two.
  double energy_j() const;

 private:
  /// Time and joules above static power, clipped by the board limit, times a count.
  double joules(double count, double seconds, double dynamic_j) const;

  StepFloor floor_;
  double seats_;
  double prompt_tokens_ = 0.0;
  double decode_tokens_ = 0.0;   ///< output tokens after the first
  double decode_context_ = 0.0;  ///< what they read
  double prefill_pairs_ = 0.0;
};

}  // namespace idlewatt
