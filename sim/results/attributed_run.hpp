// Reads the attribution of a run's energy and money from its result file.
#pragma once

#include <string>
#include <vector>

#include "ledger/attributed.hpp"

namespace idlewatt {

/// The parts of a finished run's bill.
struct AttributedRun {
  std::string title;
  std::string variant;
  IndexedVector<PoolId, std::string> pools;
  IndexedVector<PoolId, std::string> models;  ///< model of each pool
  std::vector<Attribution> parts;
  std::string currency;  ///< currency of the amounts whose names say `usd`
};

/// Reads the attribution. Throws InputError when the file is no result of a completed run, or comes from a version that
/// kept no attribution.
AttributedRun read_attributed_run(const std::string& path);

}  // namespace idlewatt
