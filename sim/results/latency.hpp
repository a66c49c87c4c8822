// The group /latency. Internal to results/: needs hdf5.h.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// Writes all histograms with the same bin edges, from the lowest to the highest bin that any of them uses. Writes
/// nothing when all are empty.
void write_latencies(hid_t parent, const std::vector<LatencyHistogram>& histograms);

}  // namespace idlewatt::hdf5
