// How long a grid will take, before it runs.
#pragma once

#include "grid/grid.hpp"

namespace idlewatt {

struct GridEstimate {
  double point_s = 0.0;  ///< processor time of a point, on average
  double queries = 0.0;  ///< of a point, on average
};

/// From the traffic of some points, spread over the grid: their queries (counted in the first part, where there are
/// many) times a microsecond and a little for the start. Within a factor of two or three.
GridEstimate estimate_grid(Grid& grid);

}  // namespace idlewatt
