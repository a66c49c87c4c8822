// Writes what a bill rests on. Internal to results/: needs hdf5.h.
#pragma once

#include <string>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// The group "bill": meters, the scenario's `site:`, and its series in the hours of the run.
void write_bill(hid_t parent, const Meter& meter, const Tariff& tariff, const std::string& site);

}  // namespace idlewatt::hdf5
