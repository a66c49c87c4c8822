// The answer of `idlewatt physics` on standard output.
#pragma once

#include <string>

#include "cli/run/summary_table.hpp"
#include "scenario/pool/physics_answer.hpp"

namespace idlewatt {

/// The text for people: the question, memory, decode, prefill, idle states.
std::string physics_text(const PhysicsAnswer& answer, const TextStyle& style);

/// JSON for programs: SI units, each key with its unit; step times with every digit.
std::string physics_json(const PhysicsAnswer& answer);

/// The steps as CSV in the form that `step_times:` of a pool reads: batch,tokens,context,ms,watts.
std::string physics_csv(const PhysicsAnswer& answer);

}  // namespace idlewatt
