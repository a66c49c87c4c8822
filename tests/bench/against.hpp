// This version's speed beside that of another build of the program.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/cases.hpp"

namespace idlewatt {

/// Prints a table of both programs' processor time a request in the chat case, and the ratio of their rates.
///
/// Both programs run the same scenario files, in turns, so that what else the machine does disturbs both alike; the best of
/// `repeats` counts. The time of a run of a tenth of the requests is taken off, and with it that of the start.
/// @param other  the other `idlewatt`, which reads its own catalogue.
/// @param rate_rps  requests per second for each replica.
/// Throws std::runtime_error when a program fails.
void compare_with(const Material& material, const std::string& other, double rate_rps,
                  const std::vector<std::int32_t>& replicas, std::int64_t requests, int repeats);

}  // namespace idlewatt
