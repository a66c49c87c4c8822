// What `run` and `check` have in common: which scenarios a command line means, and which files they become.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "scenario/load.hpp"

namespace idlewatt {

/// --set, --seed, --variant and --output, for the declarations of both subcommands.
std::vector<OptionSpec> selection_options();

struct Selection {
  std::vector<Scenario> scenarios;  ///< chosen variants, in the file's order; never empty
  std::string scenario_file;        ///< that they are of
  std::string directory;            ///< where results go
  std::vector<std::string> files;   ///< names within `directory`, one per scenario
};

/// --set and --platforms, checked.
LoadOptions load_options(const CommandLine& line);

/// --jobs, or one process per core.
int processes_at_once(const CommandLine& line);

/// Reads and checks everything; writes nothing. Throws InputError.
Selection select(const CommandLine& line);

/// All of these, of the file `scenario_file`, to be written to `directory`; prints their warnings.
Selection selection_of(std::vector<Scenario> scenarios, std::string scenario_file, std::string directory);

/// --output, or out/ and the file's name.
std::string output_directory(const CommandLine& line);

inline constexpr const char* kIndexFile = "index.h5";

}  // namespace idlewatt
