// Reads the files of Hdf5Recorder: to resume a grid, to collect its summaries, to test the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// The head and the summary of a result file.
struct Result {
  bool complete = false;  ///< false for the `.part` of a run that did not end; its summary is then all NaN
  std::string title;
  std::string variant;
  std::uint64_t seed = 0;
  std::string version;
  std::string scenario_hash;           ///< fingerprint of the grid's point; empty for other runs
  std::vector<std::string> overrides;  ///< overrides of the variant and the command line
  Summary summary;
};

/// The treatment of a file without a checksum (results/seal.hpp): the part of a run that was killed. A complete file
/// has a checksum, and so has the part of a run that was interrupted.
enum class Unsealed {
  refused,
  accepted,  ///< read without a check: only for a file that a writer on this machine left, since a damaged one can hang
};

/// Reads a result. Throws InputError when the file is missing, is damaged, is no result of idlewatt, or has an older or
/// newer format.
Result read_result(const std::string& path, Unsealed unsealed = Unsealed::refused);

/// Initialises the library of result files, so that processes forked later need not do it each.
void prepare_result_files();

/// The `scenario_hash` of a completed run; empty for any other file, including a missing or broken one.
std::string fingerprint_of_complete(const std::string& path);

/// True when `path` is the result of a completed run; false for a missing or broken file.
bool is_complete_result(const std::string& path);

/// True when a file may be a result: it has a time series, or cannot be read at all (read_result() then reports why).
bool has_series(const std::string& path);

/// A dataset of numbers, as doubles in row-major order (the last dimension runs fastest).
struct NumberArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// Reads a dataset such as "timeseries/power_w". Throws InputError.
NumberArray read_numbers(const std::string& path, const std::string& dataset, Unsealed unsealed = Unsealed::refused);

}  // namespace idlewatt
