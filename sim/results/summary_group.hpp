// The group /summary, written and read. Internal to results/: needs hdf5.h.
#pragma once

#include "ledger/summary.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// Writes one scalar per measure, with its unit and meaning.
void write_summary(hid_t parent, const Summary& summary);

/// Reads the summary. Measures that the file lacks (an older one) stay NaN.
Summary read_summary(hid_t parent);

}  // namespace idlewatt::hdf5
