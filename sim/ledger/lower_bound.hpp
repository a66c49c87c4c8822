// Energy that no policy can go below: the sum of what each served request must cost in the fullest batches, on
// accelerators that draw nothing while they wait.
#pragma once

#include <cstdint>

#include "physics/step_floor.hpp"

namespace idlewatt {

/// The lower bound of the requests that one pool served.
///
/// Every step is assumed to be as full as its slots allow, and no accelerator to wait, boot or load. At most `seats`
/// decoding sequences share a step's weights and overhead, so an output token after the first costs at least 1/seats of
/// them. For the matrix products, max(weights_s, tokens x token_s) is at least either side, so the bound is the larger
/// of two sums: one charges the reading of weights to output tokens, the other charges arithmetic to all tokens. The
/// board limit cuts energy, not time: of a token's energy above static power, at least the smaller of its own joules
/// and (limit - static) x its own time remains. Recomputation after preemption, idle power, host base power and
/// switches are left out. Fans and power supply count in proportion. Prompt tokens that a prefix cache held are left
/// out too: the bound is that of the requests with the prefixes found in this run.
class LowerBound {
 public:
  LowerBound(const StepFloor& floor, std::int32_t seats);

  /// Adds a request of that many tokens that was served in full. The first `prefix_tokens` of its prompt were found in
  /// a cache at one time.
  void add_served(std::int64_t prompt_tokens, std::int64_t output_tokens, std::int64_t prefix_tokens = 0);

  /// The two sums: with the reading of weights charged to output tokens, and with arithmetic charged to all tokens.
  struct Sides {
    double by_weights = 0.0;
    double by_arithmetic = 0.0;
  };

  /// The two sums in joules of one accelerator of the replicas.
  Sides sides_j() const;
  /// The larger of the two sums.
  double energy_j() const;

 private:
  /// Energy of `count` operations: static energy of their time, plus energy above static power clipped by the board
  /// limit.
  double joules(double count, double seconds, double dynamic_j) const;

  StepFloor floor_;
  double seats_;
  double prompt_tokens_ = 0.0;
  double decode_tokens_ = 0.0;   ///< output tokens after the first
  double decode_context_ = 0.0;  ///< context tokens that those tokens read
  double prefill_pairs_ = 0.0;
};

}  // namespace idlewatt
