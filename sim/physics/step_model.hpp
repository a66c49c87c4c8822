// The physics of a batch step: from its shape to its time and energy.
#pragma once

#include <cstdint>

#include "physics/attended_context.hpp"
#include "physics/cost_line.hpp"
#include "physics/step_floor.hpp"

namespace idlewatt {

/// Everything about a batch step that its cost depends on. What attention reads is counted in the units of
/// StepModel::attended(): tokens, where all layers read all of the context.
struct StepShape {
  std::int32_t decode_sequences = 0;   ///< sequences that generate
  std::int32_t prefill_sequences = 0;  ///< sequences of which a chunk of prompt is computed
  std::int64_t prefill_tokens = 0;     ///< in all chunks together
  /// Sum over the chunks of (tokens already computed + tokens of the chunk): what prefill attention reads, in units.
  std::int64_t prefill_context = 0;
  /// Sum over the chunks' tokens of the tokens each attends to: what prefill attention computes, in units.
  std::int64_t prefill_attention = 0;
  /// Tokens computed for each decoding sequence: more than one where drafts are verified (speculative.hpp).
  std::int32_t decode_tokens = 1;

  constexpr bool operator==(const StepShape&) const = default;

  /// One more chunk of prompt: `tokens` after `computed` of the same sequence.
  void add_chunk(const AttendedContext& attended, std::int64_t computed, std::int64_t tokens) {
    ++prefill_sequences;
    prefill_tokens += tokens;
    prefill_context += attended.span(computed, tokens);
    prefill_attention += attended.sum(computed + 1, computed + tokens);
  }
};

/// One implementation per way of knowing step times (a roofline, a table of measurements...). Stateless after
/// construction and shared by all replicas of a pool.
class StepModel {
 public:
  virtual ~StepModel() = default;
  StepModel() = default;
  StepModel(const StepModel&) = delete;
  StepModel& operator=(const StepModel&) = delete;

  /// In what it counts the context that is read.
  virtual const AttendedContext& attended() const {
    static const AttendedContext kPlain;
    return kPlain;
  }

  /// The cost of a step of this shape, as a function of the context that its decoding sequences read, in units
  /// (each sequence's tokens in the KV cache, the new one included).
  virtual CostLine line(const StepShape& shape) const = 0;

  /// What no step can go below. Nothing, unless the implementation knows better.
  virtual StepFloor floor() const { return {}; }

  /// The same for a step that is taken once: the line at `decode_context`, without building it.
  virtual StepCost cost(const StepShape& shape, std::int64_t decode_context) const {
    return line(shape).at(decode_context);
  }
};

}  // namespace idlewatt
