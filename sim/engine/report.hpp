// What a replica reports: work as it is done, requests as they end.
#pragma once

#include <cstdint>

#include "base/energy.hpp"
#include "base/ticks.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

enum class WorkKind : std::uint8_t { prefill, decode, mixed };

/// Time [from, to) spent in batch steps of one kind. Energy is that of one accelerator of the replica.
struct Work {
  WorkKind kind = WorkKind::decode;
  Ticks from = 0;
  Ticks to = 0;
  Energy energy;
  std::int32_t sequences = 0;      ///< in the batch during all of it, padding of static batches not counted
  std::int64_t prompt_tokens = 0;  ///< of steps that ended in it
  std::int64_t output_tokens = 0;
};

/// A request that has all its tokens, or was taken out before. Times are kNever where they did not happen.
struct Finished {
  Request request;
  Ticks admitted = kNever;  ///< start of its first step
  Ticks first_token = kNever;
  Ticks end = kNever;
  Ticks worst_gap = 0;         ///< longest time between two of its tokens
  std::int32_t generated = 0;  ///< output tokens
  std::int32_t preemptions = 0;
  /// Tokens of its prompt found in the prefix cache when it joined; where it joined again after a preemption, also those
  /// found beyond all that it had had in the KV cache before.
  std::int32_t prefix_tokens = 0;
  /// Its share of the energy of the steps it was in, per accelerator: of the energy that a step would have cost
  /// without prefill, the part that does not depend on context is shared equally among decoding sequences (padding of
  /// static batches is one), the rest by their context; what prefill adds is shared among the prompts by tokens
  /// computed. Rounded down to a femtojoule.
  Energy energy;
  Energy prefill_energy;  ///< of it, for computing its prompt (again after a preemption, too); the rest is decode
};

struct HandOver;

class ReplicaObserver {
 public:
  virtual ~ReplicaObserver() = default;
  virtual void worked(const Work& work) = 0;
  virtual void finished(Finished&& finished) = 0;

  // Of replicas that hand over (rule 13 of engine/replica.hpp), and of no others.
  /// The step that computes the last `tokens` of the request's prompt has begun at `now`; it will be handed over.
  virtual void last_chunk_began(const Request& request, std::int64_t tokens, Ticks now) {
    static_cast<void>(request);
    static_cast<void>(tokens);
    static_cast<void>(now);
  }
  /// The request has its first token and goes on elsewhere; its KV blocks are held until Replica::release().
  virtual void handed_over(HandOver&& handed) { static_cast<void>(handed); }
};

}  // namespace idlewatt
