// Runs one scenario, from the first request to the checked ledger. The only door to SimGrid.
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

/// Something that is done to a fleet by hand at a time, as if a policy had decided it.
struct ManualAct {
  Ticks at = 0;
  std::function<Effects(FleetController&, Ticks now)> act;
};

/// How far a run is; reported at most once per interval of the time series.
struct Progress {
  double simulated_s = 0.0;
  double horizon_s = 0.0;
  std::int64_t requests = 0;  ///< arrived so far
};

struct RunOptions {
  Recorder* recorder = nullptr;                   ///< may be null: only the summary is wanted
  std::string version;                            ///< of idlewatt, for the provenance
  std::vector<ProvenanceEntry> figures;           ///< for the provenance
  std::function<void(const Progress&)> progress;  ///< may be empty
  const std::atomic<bool>* stop = nullptr;        ///< set to end the run early (by a signal handler)
  std::function<void()> engine_ready;             ///< called right after the Engine exists; may be empty
  std::vector<std::string> simgrid_arguments;     ///< what followed `--` on the command line
  std::vector<ManualAct> manual_acts;             ///< in order of time; at each tick after control's own acts
};

/// What a run cost its machine; no part of its result.
struct RunCosts {
  std::int64_t requests = 0;
  std::int64_t simgrid_wakes = 0;    ///< times SimGrid woke an actor of ours
  std::int64_t replica_changes = 0;  ///< settled changes of replicas
};

struct RunResult {
  bool interrupted = false;  ///< `stop` was set: summary is empty, Recorder::end was not called
  double simulated_s = 0.0;
  Summary summary;
  RunCosts costs;
};

/// One SimGrid Engine lives per process, so call this once per process (fork for the next). Throws ConservationError
/// when the books do not balance, InputError when the traffic cannot be read.
RunResult run(const Scenario& scenario, const RunOptions& options);

}  // namespace idlewatt
