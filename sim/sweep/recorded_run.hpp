// One simulation with its result file, as workers run it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/simulation.hpp"

namespace idlewatt {

/// How a program runs simulations.
struct RunSetting {
  std::string version;                         ///< of the program, for the provenance
  std::vector<std::string> simgrid_arguments;  ///< what followed `--` on the command line
};

/// Runs `scenario` and writes its result to `path`; without a path, runs it for the summary alone. For a process of its
/// own: accepts stop signals once SimGrid has set up. Throws what run() throws, and OutputError.
RunResult run_recorded(const Scenario& scenario, const std::string& path, const RunSetting& setting,
                       const std::function<void(const Progress&)>& report);

}  // namespace idlewatt
