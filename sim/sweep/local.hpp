// Runs points of a grid in processes on this machine.
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

/// The progress of a run of points.
struct SweepProgress {
  std::size_t points = 0;  ///< number of points to take care of
  std::size_t done = 0;
  std::size_t found_done = 0;  ///< points among `done` that were completed before
  std::size_t failed = 0;
  std::size_t running = 0;
  std::size_t elsewhere = 0;  ///< points that another process holds
  double simulated_s = 0.0;   ///< simulated time of points that were not completed before
  double to_simulate_s = 0.0;
};

struct SweepFailure {
  std::size_t point = 0;  ///< index into Sweep::points()
  std::string message;
};

struct LocalOutcome {
  SweepProgress progress;
  SummaryByPoint summaries;            ///< summaries of the points that this call has run
  std::vector<SweepFailure> failures;  ///< recorded failures, of earlier runs too
  std::vector<SweepFailure> lost;      ///< points whose process died repeatedly: nothing is recorded, and the next run
                                       ///< tries them again
  std::string cannot_write;            ///< reason why no more points were started; empty if there is none
  bool interrupted = false;
};

/// Runs those of the points `which` (indices) that are not completed and not held by another process. A result is
/// written aside and renamed. An error is recorded and stops no other point. A process that dies is restarted, at most
/// twice. A full disk stops the run. `watch` is called about ten times per second. Requires that the folder has been
/// prepared.
LocalOutcome run_points(Sweep& grid, const SweepFolder& folder, const std::vector<std::size_t>& which,
                        const LocalOptions& options, const std::function<void(const SweepProgress&)>& watch);

}  // namespace idlewatt
