// A new scenario as two files that can be run, for `idlewatt init` and for `idlewatt size` without a scenario.
#pragma once

#include <string>
#include <vector>

#include "cli/files/new_scenario.hpp"
#include "scenario/load.hpp"

namespace idlewatt {

/// The path of a new scenario's workload: "fleet-traffic.yaml" for "fleet.yaml".
std::string workload_beside(const std::string& file);

/// Writes the scenario `file` and its workload beside it, complete and readable. Returns the servers that are left out
/// because the model does not fit on them, each with the reason. Throws InputError, without writing anything, when the
/// answers make no valid scenario; throws OutputError.
std::vector<std::string> write_new_scenario(const Answers& answers, const std::string& file,
                                            const LoadOptions& options);

}  // namespace idlewatt
