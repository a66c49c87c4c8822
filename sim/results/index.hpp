// index.h5: the runs of one output directory and their summaries in one matrix.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/summary.hpp"

namespace idlewatt {

/// A run of the directory.
struct IndexEntry {
  std::string variant;
  std::string file;  ///< relative to the index
  std::uint64_t seed = 0;
  Summary summary;
  std::string scenario = {};  ///< scenario file of the run, relative to the index's folder
};

/// The entry of a run in an index: what names the run, without the run's results.
struct IndexedRun {
  std::string file;
  std::string scenario;
};

/// Writes the file aside and renames it. The file opens in xarray without options. It names the runs' files without
/// linking to them, since netCDF cannot open a file with an external link whose target is missing. Throws OutputError.
void write_index(const std::string& path, const std::string& title, const std::vector<IndexEntry>& entries);

/// The runs that an index names, in its order. Throws InputError.
std::vector<IndexedRun> read_index(const std::string& path);

}  // namespace idlewatt
