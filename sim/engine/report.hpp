// The reports of a replica: work as it is done, requests as they end.
#pragma once

#include <cstdint>

#include "base/energy.hpp"
#include "base/ticks.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

enum class WorkKind : std::uint8_t { prefill, decode, mixed };

/// Work in batch steps of one kind during [from, to). The energy is that of one accelerator of the replica.
struct Work {
  WorkKind kind = WorkKind::decode;
  Ticks from = 0;
  Ticks to = 0;
  Energy energy;
  std::int32_t sequences = 0;      ///< sequences in the batch during all of that time, without padding of static
                                   ///< batches
  std::int64_t prompt_tokens = 0;  ///< prompt tokens of steps that ended in that time
  std::int64_t output_tokens = 0;
};

/// A request that has all its tokens, or that was taken out before. Times that did not happen are kNever.
struct Finished {
  Request request;
  Ticks admitted = kNever;  ///< start of its first step
  Ticks first_token = kNever;
  Ticks end = kNever;
  Ticks worst_gap = 0;         ///< longest time between two tokens of the request
  std::int32_t generated = 0;  ///< output tokens
  std::int32_t preemptions = 0;
  /// Tokens of the prompt found in the prefix cache when the request joined. After a preemption, tokens found beyond
  /// those that the request had ever had in the KV cache count too.
  std::int32_t prefix_tokens = 0;
  /// The request's share of the energy of the steps it was in, per accelerator. A step's energy is split in two: what
  /// the step would have cost without prefill, and what prefill adds. Of the first, the part that does not depend on
  /// context is shared equally among decoding sequences (padding of static batches included), the rest in proportion to
  /// their context. The second is shared among prompts in proportion to tokens computed. Rounded down to a femtojoule.
  Energy energy;
  Energy prefill_energy;  ///< part of `energy` for computing the prompt (again after a preemption, too); the rest is
                          ///< for decode
};

struct HandOver;

class ReplicaObserver {
 public:
  virtual ~ReplicaObserver() = default;
  virtual void worked(const Work& work) = 0;
  virtual void finished(Finished&& finished) = 0;

  // Called only by replicas that hand requests over (rule 13 of engine/replica.hpp).
  /// The step that computes the last `tokens` tokens of the request's prompt has begun at `now`. The request will be
  /// handed over.
  virtual void last_chunk_began(const Request& request, std::int64_t tokens, Ticks now) {
    static_cast<void>(request);
    static_cast<void>(tokens);
    static_cast<void>(now);
  }
  /// The request has its first token and continues on another replica. Its KV blocks are held until Replica::release().
  virtual void handed_over(HandOver&& handed) { static_cast<void>(handed); }
};

}  // namespace idlewatt
