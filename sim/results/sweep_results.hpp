// The results of a grid in one HDF5 file: every axis and every measure, by configuration and by run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// A run of a grid.
struct SweepRun {
  std::string name;
  std::string id;
  std::string file;  ///< relative to the grid's folder
  std::uint64_t seed = 0;
  std::size_t configuration = 0;  ///< index into SweepResults.configurations
  Summary summary;
};

/// A configuration: runs that differ only in the seed.
struct SweepConfiguration {
  std::vector<std::string> labels;  ///< label on each axis
  std::size_t runs = 0;
  std::vector<double> mean;  ///< mean of each measure; NaN where a run has no value
  std::vector<double> ci95;  ///< half the width of the 95 % confidence interval of each mean; NaN for a single run
};

struct SweepResults {
  std::string title;
  std::vector<std::string> axes;
  std::vector<SweepConfiguration> configurations;  ///< configurations with a run, in the grid's order
  std::vector<SweepRun> runs;                      ///< in the grid's order
};

/// True when all labels of an axis are plain numbers. Sets `numbers` to them.
bool numeric_axis(const SweepResults& results, std::size_t axis, std::vector<double>& numbers);

/// Writes the file aside and renames it. The file opens in xarray without options. Equal results give equal bytes.
/// Throws OutputError.
void write_sweep_results(const std::string& path, const SweepResults& results);

}  // namespace idlewatt
