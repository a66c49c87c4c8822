// The parts shared by the subcommands of `idlewatt grid`.
#pragma once

#include <string>
#include <vector>

#include "cli/options/command_line.hpp"
#include "sweep/folder.hpp"
#include "sweep/local.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// The options --set, --output, --platforms and --max-points.
std::vector<OptionSpec> sweep_options();

/// A grid and the folder of its results.
struct SelectedSweep {
  Sweep grid;
  SweepFolder folder;
};

/// Reads and checks everything. Writes nothing. Throws InputError.
SelectedSweep select_sweep(const CommandLine& line);

/// Prints one line on standard error for each kind of failure: "point `...` and 3 others failed: ...".
void print_sweep_failures(const Sweep& grid, const std::vector<SweepFailure>& failures);

}  // namespace idlewatt
