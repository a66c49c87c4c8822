// What a grid that has been worked on says.
#pragma once

#include <string>
#include <vector>

#include "app/grid_options.hpp"
#include "grid/collect.hpp"
#include "record/grid_results.hpp"

namespace idlewatt {

/// Collects what is done and writes results.csv, runs.csv, results.json and results.h5 to the grid's folder. The points
/// in `known` need not be read from their files. Throws OutputError.
GridResults write_results(const SelectedGrid& selected, const SummaryByPoint& known = {});

/// The table on standard output, and where the files are.
void print_results(const SelectedGrid& selected, const GridResults& results, const std::vector<std::string>& measures,
                   std::size_t most_rows);

}  // namespace idlewatt
