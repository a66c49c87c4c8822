// Batching: which requests a replica works on together.
#pragma once

#include <cstdint>
#include <limits>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// What a replica's scheduler can see at a step boundary; with asynchronous scheduling, at the one before.
struct BatchView {
  Ticks now = 0;
  std::int32_t decoding = 0;    ///< sequences that will generate a token in a decode step
  std::int32_t prefilling = 0;  ///< admitted sequences whose prompt is not computed yet
  /// Sequences that have all their tokens and keep their seats: members of a static batch, and with asynchronous
  /// scheduling those that end with the step under way.
  std::int32_t finished = 0;
  std::int64_t waiting = 0;      ///< requests in the queue, but for those that the queue policy holds back
  Ticks waiting_since = 0;       ///< arrival of the one that has waited longest; meaningful when some wait
  std::int64_t head_blocks = 0;  ///< free KV blocks that the first of them takes when it joins; 0 = nobody waits
  std::int64_t free_blocks = 0;
  std::int64_t total_blocks = 0;
};

/// What the replica does from this boundary on. A plan with prefill work is carried out for one step; a plan without
/// holds until the batch changes (an arrival, a completion, exhausted KV memory). Admission is in queue order, stops
/// at the first request for which there are not enough free blocks, and at `prefill_tokens`. A plan must begin a step
/// or wait: one that lets nobody decode, has no prompt token computed and waits for no later time, while there is work,
/// ends the run with an Error.
struct BatchPlan {
  std::int32_t admit = 0;           ///< at most this many from the queue join now
  std::int64_t prefill_tokens = 0;  ///< prompt tokens that this step may compute, all sequences together
  bool decode = true;               ///< decoding sequences take part in this step
  /// Whether a request that arrives while the plan holds could change it; if not, the jump goes on over arrivals. Where
  /// the queue is not in order of arrival, a plan that admits anybody is taken to be one that arrivals may change.
  bool arrivals_matter = true;
  /// Only whole prompts are computed: a request joins when what is left of `prefill_tokens` holds all that it has to
  /// compute, or when no prompt token is computed in this step yet.
  bool whole_prompts = false;
  /// Static batching: who has all its tokens under such a plan keeps its seat until nobody in the batch is unfinished.
  bool together = false;
  /// Where no step begins: the replica asks again at this time, or as soon as `wait_for` requests wait.
  Ticks wait_until = 0;
  std::int64_t wait_for = std::numeric_limits<std::int64_t>::max();
};

class BatchPolicy {
 public:
  virtual ~BatchPolicy() = default;
  virtual BatchPlan plan(const BatchView& view) = 0;
  /// The most sequences that ever run together: sizes tables, defines an empty seat.
  virtual std::int32_t max_sequences() const = 0;
};

using BatchDeclaration = Declaration<BatchPolicy>;

}  // namespace idlewatt
