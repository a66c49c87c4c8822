// What the subcommands of `idlewatt grid` have in common.
#pragma once

#include <string>
#include <vector>

#include "app/command_line.hpp"
#include "grid/folder.hpp"
#include "grid/grid.hpp"
#include "grid/local.hpp"

namespace idlewatt {

/// --set, --output, --platforms and --max-points.
std::vector<OptionSpec> grid_options();

/// A grid and where its results go.
struct SelectedGrid {
  Grid grid;
  GridFolder folder;
};

/// Reads and checks everything; writes nothing. Throws InputError.
SelectedGrid select_grid(const CommandLine& line);

/// One line on standard error for each kind of failure: "point `...` and 3 others failed: ...".
void print_grid_failures(const Grid& grid, const std::vector<GridFailure>& failures);

}  // namespace idlewatt
