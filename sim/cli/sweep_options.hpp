// What the subcommands of `idlewatt grid` have in common.
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "sweep/folder.hpp"
#include "sweep/local.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// --set, --output, --platforms and --max-points.
std::vector<OptionSpec> sweep_options();

/// A grid and where its results go.
struct SelectedSweep {
  Sweep grid;
  SweepFolder folder;
};

/// Reads and checks everything; writes nothing. Throws InputError.
SelectedSweep select_sweep(const CommandLine& line);

/// One line on standard error for each kind of failure: "point `...` and 3 others failed: ...".
void print_sweep_failures(const Sweep& grid, const std::vector<SweepFailure>& failures);

}  // namespace idlewatt
