// Reads back whose energy and money it was.
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
  IndexedVector<PoolId, std::string> models;  ///< of each pool
  std::vector<Attribution> parts;
  std::string currency;  ///< of the amounts whose names say `usd`
};

/// Throws InputError when the file is no result of a run that ended, or of an idlewatt that kept no such table.
AttributedRun read_attributed_run(const std::string& path);

}  // namespace idlewatt
