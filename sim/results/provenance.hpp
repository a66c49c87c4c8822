// The group /provenance. Internal to results/: needs hdf5.h.
#pragma once

#include "ledger/recorder.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// Writes the inputs of the run: the text of the scenario, its overrides, and every figure with its source.
void write_provenance(hid_t parent, const Provenance& provenance);

}  // namespace idlewatt::hdf5
