// What a grid that has been worked on says.
#pragma once

#include <string>
#include <vector>

#include "cli/sweep_options.hpp"
#include "results/sweep_results.hpp"
#include "sweep/collect.hpp"

namespace idlewatt {

/// Collects what is done and writes results.csv, runs.csv, results.json and results.h5 to the grid's folder. The points
/// in `known` need not be read from their files. Throws OutputError.
SweepResults write_results(const SelectedSweep& selected, const SummaryByPoint& known = {});

/// The table on standard output, and where the files are.
void print_results(const SelectedSweep& selected, const SweepResults& results, const std::vector<std::string>& measures,
                   std::size_t most_rows);

}  // namespace idlewatt
