// How long a grid will take, before it runs.
#pragma once

#include "sweep/sweep.hpp"

namespace idlewatt {

struct SweepEstimate {
  double point_s = 0.0;   ///< processor time of a point, on average
  double requests = 0.0;  ///< of a point, on average
};

/// From the traffic of some points, spread over the grid: their requests (counted in the first part, where there are
/// many) times a microsecond and a little for the start. Within a factor of two or three.
SweepEstimate estimate_sweep(Sweep& grid);

}  // namespace idlewatt
