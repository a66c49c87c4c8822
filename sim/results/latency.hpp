// The group /latency. Internal to results/: needs hdf5.h.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// All histograms on one grid, from the lowest bin that any of them uses to the highest. Nothing when all are empty.
void write_latencies(hid_t parent, const std::vector<LatencyHistogram>& histograms);

}  // namespace idlewatt::hdf5
