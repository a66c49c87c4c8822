// Reads back what a bill rests on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "ledger/recorder.hpp"
#include "results/result.hpp"

namespace idlewatt {

/// A finished run, with all that is needed to price it again.
struct MeteredRun {
  Result result;
  Meter meter;
  std::string site;                                       ///< the scenario's `site:`
  std::vector<std::shared_ptr<const TimeSeries>> series;  ///< in the hours of the run
  std::vector<ProvenanceEntry> figures;                   ///< without their sources
};

/// Throws InputError when the file is no result of a run that ended, or of an idlewatt that kept no bill.
MeteredRun read_metered_run(const std::string& path);

}  // namespace idlewatt
