// The group /summary, written and read. Internal to results/: needs hdf5.h.
#pragma once

#include "ledger/summary.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// One scalar a measure, with its unit and meaning.
void write_summary(hid_t parent, const Summary& summary);

/// Measures that the file does not have (an older one) stay NaN.
Summary read_summary(hid_t parent);

}  // namespace idlewatt::hdf5
