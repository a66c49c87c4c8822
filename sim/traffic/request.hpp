// One request, with everything that any policy may ever ask of it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/id.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Interactive requests are judged by their SLO; deferrable ones only by their deadline.
enum class DeadlineClass : std::uint8_t { interactive, deferrable };

/// What a request waits for that comes only when others of its trace have ended.
struct RequestWait {
  std::vector<std::uint64_t> after;  ///< Request.key of each of them; one that never came does not count
  Ticks delay = 0;                   ///< from the last of their ends, at least 0
};

/// Tokens in a block of Request.prefix_blocks where nothing else is said.
inline constexpr std::int32_t kPrefixBlockTokens = 16;

struct Request {
  Ticks arrival = 0;  ///< since the start of the simulation; from the trace, never from a simulator clock. Of a request
                      ///< that waits for others, the earliest time at which it can come: as if they took no time
  std::int64_t id = 0;             ///< number in the merged traffic, from 0
  std::int32_t prompt_tokens = 0;  ///< at least 1
  std::int32_t output_tokens = 0;  ///< at least 1: what the model will generate (a policy must not look at it)
  StreamId stream;                 ///< which entry of the scenario's traffic list: gives the model and the SLO
  std::int32_t tenant = 0;
  std::int16_t priority = 0;  ///< higher goes first, where a policy cares
  DeadlineClass deadline_class = DeadlineClass::interactive;
  Ticks deadline = kNever;                   ///< latest end, for deferrable work
  std::uint64_t semantic_key = 0;            ///< intent; 0 = none
  float similarity = 0.0F;                   ///< to the centre of its intent, 0 to 1
  std::uint64_t session = 0;                 ///< conversation; 0 = none
  std::vector<std::uint64_t> prefix_blocks;  ///< hashes of the prompt's leading blocks, where the trace knows them
  std::int32_t block_tokens = kPrefixBlockTokens;  ///< in each of prefix_blocks, the last excepted; at least 1
  std::uint64_t key = 0;                           ///< by which others of its trace wait for it; 0 = none does
  std::shared_ptr<const RequestWait> wait;         ///< null: it waits for nothing
};

}  // namespace idlewatt
