// Writes the data from which a bill is made. Internal to results/: needs hdf5.h.
#pragma once

#include <string>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "results/node.hpp"

namespace idlewatt::hdf5 {

/// Writes the group "bill": meters, the scenario's `site:`, and its series over the hours of the run.
void write_bill(hid_t parent, const Meter& meter, const Tariff& tariff, const std::string& site);

}  // namespace idlewatt::hdf5
