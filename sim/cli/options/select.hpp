// The parts shared by `run` and `check`: the scenarios that a command line selects, and the names of their files.
#pragma once

#include <string>
#include <vector>

#include "cli/options/command_line.hpp"
#include "scenario/load.hpp"

namespace idlewatt {

/// The options --set, --seed, --variant and --output, for both subcommands.
std::vector<OptionSpec> selection_options();

/// The scenarios that a command line selects, with the files of their results.
struct Selection {
  std::vector<Scenario> scenarios;  ///< selected variants, in the file's order; never empty
  std::string scenario_file;        ///< file of these scenarios
  std::string directory;            ///< folder for results
  std::vector<std::string> files;   ///< file name within `directory` for each scenario
};

/// The checked values of --set and --platforms.
LoadOptions load_options(const CommandLine& line);

/// The number of --jobs; without the option, one process per core.
int processes_at_once(const CommandLine& line);

/// Reads and checks everything. Writes nothing. Throws InputError.
Selection select(const CommandLine& line);

/// The selection of all these scenarios of the file `scenario_file`, to be written to `directory`. Prints their
/// warnings.
Selection selection_of(std::vector<Scenario> scenarios, std::string scenario_file, std::string directory);

/// The folder of --output; without the option, out/ and the file's name.
std::string output_directory(const CommandLine& line);

inline constexpr const char* kIndexFile = "index.h5";

}  // namespace idlewatt
