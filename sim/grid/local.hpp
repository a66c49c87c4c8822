// Runs points of a grid in processes of this machine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "grid/collect.hpp"
#include "grid/folder.hpp"
#include "grid/grid.hpp"
#include "grid/recorded_run.hpp"

namespace idlewatt {

struct LocalOptions {
  int at_once = 1;
  bool retry_failed = false;
  RunSetting setting;
};

/// Where a run of points stands.
struct GridProgress {
  std::size_t points = 0;  ///< that were to be looked after
  std::size_t done = 0;
  std::size_t found_done = 0;  ///< of these, those that were done before
  std::size_t failed = 0;
  std::size_t running = 0;
  std::size_t elsewhere = 0;  ///< another process has them
  double simulated_s = 0.0;   ///< of what was not done before
  double to_simulate_s = 0.0;
};

struct GridFailure {
  std::size_t point = 0;  ///< index into Grid::points()
  std::string message;
};

struct LocalOutcome {
  GridProgress progress;
  SummaryByPoint summaries;           ///< of the points that this call has run
  std::vector<GridFailure> failures;  ///< those recorded, of earlier runs too
  std::vector<GridFailure> lost;      ///< their process died again and again: nothing is recorded, the next run tries
  std::string cannot_write;           ///< why no more points were started; empty if all is well
  bool interrupted = false;
};

/// Runs those of the points `which` (indices) that are not done and not held by another process. A result is written
/// aside and renamed; an error is written down and stops no other point; a process that dies is started anew, twice.
/// A disk that is full stops the run. `watch` is called about ten times a second. The folder has been prepared.
LocalOutcome run_points(Grid& grid, const GridFolder& folder, const std::vector<std::size_t>& which,
                        const LocalOptions& options, const std::function<void(const GridProgress&)>& watch);

}  // namespace idlewatt
