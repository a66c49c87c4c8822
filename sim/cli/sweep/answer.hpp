// The answer of a grid.
#pragma once

#include <string>
#include <vector>

#include "cli/sweep/options.hpp"
#include "results/sweep_results.hpp"
#include "sweep/collect.hpp"

namespace idlewatt {

/// Collects the completed points and writes results.csv, runs.csv, results.json and results.h5 to the grid's folder.
/// The files of points in `known` are not read. Throws OutputError.
SweepResults write_results(const SelectedSweep& selected, const SummaryByPoint& known = {});

/// Prints the table of results, and the paths of the files, on standard output.
void print_results(const SelectedSweep& selected, const SweepResults& results, const std::vector<std::string>& measures,
                   std::size_t most_rows);

}  // namespace idlewatt
