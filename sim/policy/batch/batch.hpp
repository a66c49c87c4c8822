// Batching: decides which requests a replica works on together.
#pragma once

#include <cstdint>
#include <limits>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// The state that a replica's scheduler can see at a step boundary.
struct BatchView {
  Ticks now = 0;
  std::int32_t decoding = 0;     ///< sequences that generate a token in a decode step
  std::int32_t prefilling = 0;   ///< admitted sequences whose prompt is not fully computed yet
  std::int32_t finished = 0;     ///< members of a static batch that have all their tokens and keep their slots
  std::int64_t waiting = 0;      ///< requests in the queue, without those that the queue policy holds back
  Ticks waiting_since = 0;       ///< arrival of the request that has waited longest; meaningful when some request waits
  std::int64_t head_blocks = 0;  ///< free KV blocks that the first waiting request takes when it joins; 0 = no request
                                 ///< waits
  std::int64_t free_blocks = 0;
  std::int64_t total_blocks = 0;
};

/// The work of the replica from this boundary on. A plan with prefill work is carried out for one step. A plan without
/// holds until the batch changes (an arrival, a completion, exhausted KV memory). Requests are admitted in queue order,
/// until one lacks free blocks or `prefill_tokens` are used up. While there is work, a plan must begin a step or wait:
/// a plan that decodes nothing, computes no prompt token and waits for no later time ends the run with an Error.
struct BatchPlan {
  std::int32_t admit = 0;           ///< largest number of queued requests that join now
  std::int64_t prefill_tokens = 0;  ///< prompt tokens that this step may compute, all sequences together
  bool decode = true;               ///< decoding sequences take part in this step
  /// True when a request that arrives while the plan holds could change the plan; when false, the jump goes on over
  /// arrivals. Where the queue is not in order of arrival, a plan that admits any request counts as one that arrivals
  /// may change.
  bool arrivals_matter = true;
  /// True when only whole prompts are computed: a request joins when the rest of `prefill_tokens` covers all tokens
  /// that it must compute, or when the step computes no other prompt token yet.
  bool whole_prompts = false;
  /// Static batching: a sequence that has all its tokens keeps its slot until every sequence of the batch has all of
  /// its tokens.
  bool together = false;
  /// For a plan that begins no step: the replica asks again at this time, or as soon as `wait_for` requests wait.
  Ticks wait_until = 0;
  std::int64_t wait_for = std::numeric_limits<std::int64_t>::max();
};

class BatchPolicy {
 public:
  virtual ~BatchPolicy() = default;
  virtual BatchPlan plan(const BatchView& view) = 0;
  /// The largest number of sequences that ever run together. It sizes tables and defines an empty slot.
  virtual std::int32_t max_sequences() const = 0;
};

using BatchDeclaration = Declaration<BatchPolicy>;

}  // namespace idlewatt
