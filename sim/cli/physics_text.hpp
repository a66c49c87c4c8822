// The answer of `idlewatt physics` on standard output.
#pragma once

#include <string>

#include "cli/summary_table.hpp"
#include "scenario/physics_answer.hpp"

namespace idlewatt {

/// For people: what it is about, memory, decode, prefill, idle states.
std::string physics_text(const PhysicsAnswer& answer, const TextStyle& style);

/// For programs: SI units, each key with its unit; step times to the last digit.
std::string physics_json(const PhysicsAnswer& answer);

/// The steps as a table of step times, as `step_times:` of a pool reads it: batch,tokens,context,ms,watts.
std::string physics_csv(const PhysicsAnswer& answer);

}  // namespace idlewatt
