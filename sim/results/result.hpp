// Reads back what Hdf5Recorder wrote: to resume a grid, to collect its summaries, to test the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// What a result file says about its run.
struct Result {
  bool complete = false;  ///< false for the `.part` of a run that did not end; its summary is then all NaN
  std::string title;
  std::string variant;
  std::uint64_t seed = 0;
  std::string version;
  std::string scenario_hash;           ///< of the point of a grid that it is; empty for other runs
  std::vector<std::string> overrides;  ///< what its variant and the command line set
  Summary summary;
};

/// What to do with a file that has no checksum (results/seal.hpp): the part of a run that was killed. A whole file has
/// one, as has the part of a run that was interrupted.
enum class Unsealed {
  refused,
  accepted,  ///< read all the same: only for a file that this machine's writer left, for a damaged one can hang
};

/// Throws InputError when the file is not there, is damaged, is not a result of idlewatt, or is of an older or newer
/// format.
Result read_result(const std::string& path, Unsealed unsealed = Unsealed::refused);

/// Has the library of result files set itself up. Processes forked after this need not do it, each for itself.
void prepare_result_files();

/// The `scenario_hash` of a run that ended; empty for any other file, a missing or broken one included.
std::string fingerprint_of_complete(const std::string& path);

/// Whether `path` is the result of a run that ended. Never throws for a file that is missing or broken.
bool is_complete_result(const std::string& path);

/// Whether a file may be a result: it has a time series, or cannot be read at all, which read_result() says.
bool has_series(const std::string& path);

/// A dataset of numbers, as doubles in the order of its dimensions (the last one runs fastest).
struct NumberArray {
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// Reads a dataset such as "timeseries/power_w". Throws InputError.
NumberArray read_numbers(const std::string& path, const std::string& dataset, Unsealed unsealed = Unsealed::refused);

}  // namespace idlewatt
