// One simulation with its result file, as workers run it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "run/simulation.hpp"

namespace idlewatt {

/// The setting of a program's simulations.
struct RunSetting {
  std::string version;                         ///< version of the program, for the provenance
  std::vector<std::string> simgrid_arguments;  ///< arguments after `--` on the command line
};

/// Runs `scenario` and writes its result to `path`; with an empty path, runs it for the summary alone. Must be called
/// in a process of its own, which accepts stop signals once SimGrid is set up. Throws what run() throws, and
/// OutputError.
RunResult run_recorded(const Scenario& scenario, const std::string& path, const RunSetting& setting,
                       const std::function<void(const Progress&)>& report);

}  // namespace idlewatt
