// Reads the data from which a bill is made from a result file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/tariff.hpp"
#include "ledger/meter.hpp"
#include "ledger/recorder.hpp"
#include "results/result.hpp"

namespace idlewatt {

/// A finished run with everything that is needed to price it again.
struct MeteredRun {
  Result result;
  Meter meter;
  std::string site;                                       ///< the scenario's `site:`
  std::vector<std::shared_ptr<const TimeSeries>> series;  ///< series over the hours of the run
  std::vector<ProvenanceEntry> figures;                   ///< without their sources
};

/// Reads the run. Throws InputError when the file is no result of a completed run, or comes from a version that kept no
/// bill.
MeteredRun read_metered_run(const std::string& path);

}  // namespace idlewatt
