// Conversations: requests that come in turns. Each prompt holds everything that was said before.
#pragma once

#include <cstdint>
#include <memory>

#include "traffic/arrivals.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

struct GeneratedTraffic;

/// Open-loop conversations: the next turn comes whether or not the last turn was answered.
struct Sessions {
  double mean_turns = 0.0;                      ///< mean turns of a session, geometrically distributed, at least 1; 0 =
                                                ///< no sessions
  ThinkTime think_time;                         ///< time from one turn's arrival to the next, answering included
  std::int32_t system_prompt_tokens = 0;        ///< tokens at the head of every prompt, alike in all sessions
  std::int32_t max_context_tokens = 1'000'000;  ///< a new session begins where a prompt with its answer would be longer
};

/// The turns of all sessions in order of arrival, up to the traffic's duration. Each request of `first_turns` begins a
/// session as `traffic.sessions` describes. A length in the description is what a turn adds: a prompt is the system
/// prompt, all earlier turns with their answers, and the tokens that this turn adds. Request.session tells sessions
/// apart. Request.prefix_blocks hashes the prompt's full blocks of 16 tokens: blocks of the system prompt are alike in
/// all sessions; the other blocks belong to the session and are alike in each of its turns. Random streams:
/// "<name>/turns", "<name>/think", "<name>/turn-prompt", "<name>/turn-output". Memory: the sessions under way.
std::unique_ptr<TraceReader> converse(std::unique_ptr<TraceReader> first_turns, const GeneratedTraffic& traffic,
                                      std::uint64_t seed);

}  // namespace idlewatt
