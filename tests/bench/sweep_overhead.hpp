// What a grid costs beyond its simulations.
#pragma once

namespace idlewatt {

struct SweepOverhead {
  int points = 0;              ///< of one grid
  int rounds = 0;              ///< grids run; the figures are of the median
  double wall_s = 0.0;         ///< of the whole grid, one point at a time
  double point_ms = 0.0;       ///< processor time per point, all included
  double simulation_ms = 0.0;  ///< of which run() with its result file, without the process
  double own_ms() const { return point_ms - simulation_ms; }
};

/// Runs `rounds` grids of together `points` tiny points through the program with one job, each followed at once by
/// simulations of the same point: the difference of two large times is only as good as the machine is steady between
/// them, so that they are taken side by side, and the median difference counts.
SweepOverhead measure_sweep_overhead(int points, int rounds);

}  // namespace idlewatt
