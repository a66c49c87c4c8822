// The numbers that a scenario rests on, each with its source.
#pragma once

#include <vector>

#include "ledger/recorder.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The figures of the accelerators, servers, models and engines of the scenario's pools and racks, in the catalogue's
/// order, then the site's and the SLOs with status "scenario". Each once.
std::vector<ProvenanceEntry> figures_used(const Scenario& scenario);

}  // namespace idlewatt
