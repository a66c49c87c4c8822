// How long it takes to ask the physics for a step's cost.
#pragma once

namespace idlewatt {

/// Asks models of the catalogue and a table of measured steps for decode lines, for a step on such a line, and for
/// steps with prompts, each `times` times, `repeats` times over, and prints a table of the least nanoseconds.
void measure_step_costs(long times, int repeats);

}  // namespace idlewatt
