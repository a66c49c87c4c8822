// The physics of a batch step: from its shape to its time and energy.
#pragma once

#include <cstdint>

#include "physics/attended_context.hpp"
#include "physics/cost_line.hpp"
#include "physics/step_floor.hpp"

namespace idlewatt {

/// The shape of a batch step: everything on which its cost depends. Tokens that attention reads are counted in the
/// units of StepModel::attended(); a unit is a token if all layers read the whole context.
struct StepShape {
  std::int32_t decode_sequences = 0;   ///< sequences that generate tokens
  std::int32_t prefill_sequences = 0;  ///< sequences of which the step computes a chunk of prompt
  std::int64_t prefill_tokens = 0;     ///< prompt tokens of all chunks together
  /// Sum over the chunks of (tokens computed before + tokens of the chunk), in units: the tokens that prefill attention
  /// reads.
  std::int64_t prefill_context = 0;
  /// Sum over the chunks' tokens of the tokens that each attends to, in units: the pairs that prefill attention
  /// computes.
  std::int64_t prefill_attention = 0;
  /// Tokens computed for each decoding sequence; more than one where drafts are verified (speculative.hpp).
  std::int32_t decode_tokens = 1;

  constexpr bool operator==(const StepShape&) const = default;

  /// Adds a chunk of prompt: `tokens` tokens after `computed` tokens of the same sequence.
  void add_chunk(const AttendedContext& attended, std::int64_t computed, std::int64_t tokens) {
    ++prefill_sequences;
    prefill_tokens += tokens;
    prefill_context += attended.span(computed, tokens);
    prefill_attention += attended.sum(computed + 1, computed + tokens);
  }
};

/// The physics of batch steps. There is one implementation for each source of step times (a roofline, a table of
/// measurements...). A model is stateless after construction, and all replicas of a pool share it.
class StepModel {
 public:
  virtual ~StepModel() = default;
  StepModel() = default;
  StepModel(const StepModel&) = delete;
  StepModel& operator=(const StepModel&) = delete;

  /// The units in which the read context is counted.
  virtual const AttendedContext& attended() const {
    static const AttendedContext kPlain;
    return kPlain;
  }

  /// The cost of a step of this shape, as a function of the context that its decoding sequences read, in units (for
  /// each sequence, the tokens in the KV cache including the new one).
  virtual CostLine line(const StepShape& shape) const = 0;

  /// The least cost of steps; zero unless the implementation knows better.
  virtual StepFloor floor() const { return {}; }

  /// The cost of a step that is taken once: the line at `decode_context`, without building the line.
  virtual StepCost cost(const StepShape& shape, std::int64_t decode_context) const {
    return line(shape).at(decode_context);
  }
};

}  // namespace idlewatt
