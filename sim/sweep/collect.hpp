// Collects the results in a grid's folder into a table.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "results/sweep_results.hpp"
#include "sweep/folder.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// The summaries of points, by index into Sweep::points().
using SummaryByPoint = std::map<std::size_t, Summary>;

/// The completed points in the grid's order, with mean and confidence interval over the seeds. The files of points in
/// `known` are not opened, since they contain the same summaries.
SweepResults collect(const Sweep& grid, const SweepFolder& folder, const SummaryByPoint& known);

/// CSV with a row per configuration: axes, `runs`, and for each measure its mean and its `.ci95`. A field without a
/// value is empty. Doubles have every digit that tells them apart. Fields are quoted as in RFC 4180; lines end with LF.
std::string configurations_csv(const SweepResults& results);

/// CSV with a row per run: id, file, axes, seed, measures.
std::string runs_csv(const SweepResults& results);

}  // namespace idlewatt
