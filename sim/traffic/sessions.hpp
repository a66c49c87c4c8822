// Conversations: requests that come in turns, each prompt holding all that was said before.
#pragma once

#include <cstdint>
#include <memory>

#include "traffic/arrivals.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

struct GeneratedTraffic;

/// Open-loop conversations: the next turn comes whether or not the last one was answered.
struct Sessions {
  double mean_turns = 0.0;                      ///< geometric, at least 1; 0 = no sessions
  ThinkTime think_time;                         ///< from one turn's arrival to the next: answering included
  std::int32_t system_prompt_tokens = 0;        ///< at the head of every prompt, the same in all sessions
  std::int32_t max_context_tokens = 1'000'000;  ///< where a prompt and its answer would be longer, a new session begins
};

/// Each request of `first_turns` begins a session of `traffic.sessions`; the turns of all sessions in order of arrival,
/// up to the traffic's duration. The description's lengths are those of what a turn adds; a prompt is the system
/// prompt, all earlier turns and their answers, and what it adds. Request.session tells sessions apart;
/// Request.prefix_blocks hashes the prompt's full blocks of 16 tokens: those of the system prompt alike in all
/// sessions, the others the session's own and the same in each of its turns. Random streams "<name>/turns",
/// "<name>/think", "<name>/turn-prompt", "<name>/turn-output". Memory: the sessions under way.
std::unique_ptr<TraceReader> converse(std::unique_ptr<TraceReader> first_turns, const GeneratedTraffic& traffic,
                                      std::uint64_t seed);

}  // namespace idlewatt
