// The group /provenance. Internal to results/: needs hdf5.h.
#pragma once

#include "ledger/recorder.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// What the run rests on: the scenario as it was, its overrides, and every figure with its source.
void write_provenance(hid_t parent, const Provenance& provenance);

}  // namespace idlewatt::hdf5
