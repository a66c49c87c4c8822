// What a grid costs beyond its simulations.
#pragma once

namespace idlewatt {

struct GridOverhead {
  int points = 0;
  double wall_s = 0.0;         ///< of the whole grid, one point at a time
  double point_ms = 0.0;       ///< processor time per point, all included
  double simulation_ms = 0.0;  ///< of which run() with its result file, without the process
  double own_ms() const { return point_ms - simulation_ms; }
};

/// Runs a grid of `points` tiny points through the program with one job.
GridOverhead measure_grid_overhead(int points);

}  // namespace idlewatt
