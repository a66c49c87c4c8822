// From a grid's folder to its table.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "results/sweep_results.hpp"
#include "sweep/folder.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// What points came to, by index into Sweep::points().
using SummaryByPoint = std::map<std::size_t, Summary>;

/// The points that are done, in the grid's order, with mean and confidence interval over the seeds. Of those in `known`
/// the files, which say the same, are not opened.
SweepResults collect(const Sweep& grid, const SweepFolder& folder, const SummaryByPoint& known);

/// A row per configuration: axes, `runs`, and for each measure its mean and its `.ci95`. Empty where there is no value.
/// Doubles have every digit that tells them apart. Quoted as RFC 4180 has it, lines end with LF.
std::string configurations_csv(const SweepResults& results);

/// A row per run: id, file, axes, seed, measures.
std::string runs_csv(const SweepResults& results);

}  // namespace idlewatt
