// The numbers that a scenario uses, each with its source.
#pragma once

#include <string>
#include <vector>

#include "ledger/recorder.hpp"
#include "scenario/catalog/entry_figures.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// A catalogue entry that a scenario uses.
struct EntryUsed {
  std::string kind;  ///< "accelerators"
  std::string name;
  std::vector<EntryFigure> figures;
};

/// The accelerators, servers, models and engines of the scenario's pools and racks, in the catalogue's order.
std::vector<EntryUsed> entries_used(const Scenario& scenario);

/// The figures of these entries, then the figures of the site and the SLOs with status "scenario". Each figure comes
/// once.
std::vector<ProvenanceEntry> figures_used(const Scenario& scenario);

}  // namespace idlewatt
