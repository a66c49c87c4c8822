// A request, with every property that a policy may ever ask for.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// The class of a request's deadline. Interactive requests are judged by their SLO, deferrable ones only by their
/// deadline.
enum class DeadlineClass : std::uint8_t { interactive, deferrable };

/// The condition of a request that comes only after other requests of its trace have ended.
struct RequestWait {
  std::vector<std::uint64_t> after;  ///< Request.key of each of them; a key whose request never came does not count
  Ticks delay = 0;                   ///< time from the last of their ends to this request, at least 0
};

/// Tokens in a block of Request.prefix_blocks unless the trace has another size.
inline constexpr std::int32_t kPrefixBlockTokens = 16;

struct Request {
  Ticks arrival = 0;  ///< since the start of the simulation; from the trace, never from a simulator clock. Of a request
                      ///< that waits for others, the earliest time at which it can come: as if they took no time
  std::int64_t id = 0;             ///< number in the merged traffic, from 0
  std::int32_t prompt_tokens = 0;  ///< at least 1
  std::int32_t output_tokens = 0;  ///< at least 1: what the model will generate (a policy must not look at it)
  StreamId stream;                 ///< entry of the scenario's traffic list; gives the model and the SLO
  std::int32_t tenant = 0;
  std::int16_t priority = 0;  ///< requests with a higher number go first, in policies that use priorities
  DeadlineClass deadline_class = DeadlineClass::interactive;
  Ticks deadline = kNever;                   ///< latest end, for deferrable work
  std::uint64_t semantic_key = 0;            ///< intent; 0 = none
  float similarity = 0.0F;                   ///< similarity to the centre of its intent, 0 to 1
  std::uint64_t session = 0;                 ///< conversation; 0 = none
  std::vector<std::uint64_t> prefix_blocks;  ///< hashes of the prompt's leading blocks, where the trace knows them
  std::int32_t block_tokens = kPrefixBlockTokens;  ///< tokens in each of prefix_blocks but the last; at least 1
  std::uint64_t key = 0;                           ///< key by which other requests of the trace wait for this one; 0 =
                                                   ///< none waits
  std::shared_ptr<const RequestWait> wait;         ///< null: this request waits for nothing
};

}  // namespace idlewatt
