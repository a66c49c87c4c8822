// Runs points of a grid in processes of this machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sweep/collect.hpp"
#include "sweep/folder.hpp"
#include "sweep/recorded_run.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

struct LocalOptions {
  int at_once = 1;
  bool retry_failed = false;
  RunSetting setting;
};

/// Where a run of points stands.
struct SweepProgress {
  std::size_t points = 0;  ///< that were to be looked after
  std::size_t done = 0;
  std::size_t found_done = 0;  ///< of these, those that were done before
  std::size_t failed = 0;
  std::size_t running = 0;
  std::size_t elsewhere = 0;  ///< another process has them
  double simulated_s = 0.0;   ///< of what was not done before
  double to_simulate_s = 0.0;
};

struct SweepFailure {
  std::size_t point = 0;  ///< index into Sweep::points()
  std::string message;
};

struct LocalOutcome {
  SweepProgress progress;
  SummaryByPoint summaries;            ///< of the points that this call has run
  std::vector<SweepFailure> failures;  ///< those recorded, of earlier runs too
  std::vector<SweepFailure> lost;      ///< their process died again and again: nothing is recorded, the next run tries
  std::string cannot_write;            ///< why no more points were started; empty if all is well
  bool interrupted = false;
};

/// Runs those of the points `which` (indices) that are not done and not held by another process. A result is written
/// aside and renamed; an error is written down and stops no other point; a process that dies is started anew, twice.
/// A disk that is full stops the run. `watch` is called about ten times a second. The folder has been prepared.
LocalOutcome run_points(Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& which,
                        const LocalOptions& options, const std::function<void(const SweepProgress&)>& watch);

}  // namespace idlewatt
