// A new scenario as two files that can be run: what `idlewatt init` leaves, and `idlewatt size` without a scenario.
#pragma once

#include <string>
#include <vector>

#include "cli/new_scenario.hpp"
#include "scenario/load.hpp"

namespace idlewatt {

/// Where the workload of a new scenario stands: "fleet.yaml" has "fleet-traffic.yaml".
std::string workload_beside(const std::string& file);

/// Writes the scenario `file` and its workload beside it, both readable as they are. Returns the servers that are left
/// out because the model does not fit on them, each with the reason. Throws InputError, and writes nothing, where the
/// answers make no scenario; OutputError.
std::vector<std::string> write_new_scenario(const Answers& answers, const std::string& file,
                                            const LoadOptions& options);

}  // namespace idlewatt
