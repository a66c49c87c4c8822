// Estimates the duration of a grid before it runs.
#pragma once

#include "sweep/sweep.hpp"

namespace idlewatt {

/// The estimated cost of a grid's points.
struct SweepEstimate {
  double point_s = 0.0;   ///< mean processor time of a point
  double requests = 0.0;  ///< mean number of requests of a point
};

/// Estimates from the traffic of some points, spread over the grid: their requests (counted in the first part when
/// there are many) times a microsecond, plus some time for the start. The estimate is right within a factor of two or
/// three.
SweepEstimate estimate_sweep(Sweep& grid);

}  // namespace idlewatt
