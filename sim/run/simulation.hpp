// Runs one scenario from the first request to the audited ledger. This is the only entry to SimGrid.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/ticks.hpp"
#include "control/effects.hpp"
#include "ledger/recorder.hpp"
#include "ledger/summary.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class FleetController;

/// An act on a fleet that a test or program prescribes for a time, as if a policy had decided it.
struct ManualAct {
  Ticks at = 0;
  std::function<Effects(FleetController&, Ticks now)> act;
};

/// The progress of a run, reported at most once per interval of the time series.
struct Progress {
  double simulated_s = 0.0;
  double horizon_s = 0.0;
  std::int64_t requests = 0;  ///< number of requests that have arrived so far
};

struct RunOptions {
  Recorder* recorder = nullptr;                   ///< may be null, when only the summary is wanted
  std::string version;                            ///< version of idlewatt, for the provenance
  std::vector<ProvenanceEntry> figures;           ///< figures for the provenance
  std::function<void(const Progress&)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;        ///< a signal handler sets it to end the run early
  std::function<void()> engine_ready;             ///< called right after the Engine exists; may be empty
  std::vector<std::string> simgrid_arguments;     ///< arguments after `--` on the command line
  std::vector<ManualAct> manual_acts;             ///< in order of time; at each tick they come after control's own acts
};

/// The cost of a run for the machine; not part of its result.
struct RunCosts {
  std::int64_t requests = 0;
  std::int64_t simgrid_wakes = 0;    ///< number of times that SimGrid woke an actor of ours
  std::int64_t replica_changes = 0;  ///< number of settled changes of replicas
};

struct RunResult {
  bool interrupted = false;  ///< `stop` was set: summary is empty, Recorder::end was not called
  double simulated_s = 0.0;
  Summary summary;
  RunCosts costs;
};

/// Runs a scenario. SimGrid allows one Engine per process, so call this once per process (fork for the next run).
/// Throws ConservationError when the books do not balance, and InputError when the traffic cannot be read.
RunResult run(const Scenario& scenario, const RunOptions& options);

}  // namespace idlewatt
