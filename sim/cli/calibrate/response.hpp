// The simulation near a point, as a linear function of the unknowns.
//
// A latency jumps when an arrival falls into another batch step, so that differences of two runs say more of the phases
// of steps than of the unknowns. So the function is fitted to runs around the point, in two-level designs: each unknown
// is above the point in half of the runs and below it in the others, balanced against every other unknown (Box and
// Hunter, Technometrics 3, 1961: a design of resolution IV, in which products of two unknowns do not disturb the
// slopes). The slopes of a kind of latency change smoothly with the request, and so are drawn to a polynomial of the
// request's terms: phases disturb its few coefficients little. Several designs, with other distances and other columns,
// each give slopes of their own; how much they differ says what noise is left in them.
//
// A fit with these slopes is consistent: at the true values the mean of the residuals is 0, whatever the slopes are.
#pragma once

#include <vector>

#include "cli/calibrate/observations.hpp"

namespace idlewatt {

/// Slopes of all observations in all unknowns: [unknown][observation]; 0 where a run has no answer.
using Slopes = std::vector<std::vector<double>>;

/// The linear function.
struct Response {
  /// ln predicted - ln measured at the point, a mean over the runs near it; NaN where a run has no answer.
  std::vector<double> residuals;
  std::vector<double> phase_variances;  ///< by observation: the variance of one run
  Slopes slopes;                        ///< the mean of the designs' slopes
  std::vector<Slopes> by_design;
};

/// How many runs are made.
struct Effort {
  std::size_t designs = 2;
  std::size_t near = 32;  ///< runs near the point, at most those of all designs
};

/// The same response as if it had come of the designs from `first` on alone, `count` of them.
Response from_designs(const Response& response, std::size_t first, std::size_t count);

/// The response at `x` in the unknowns for which `varied` is true. The slopes of the others are 0. Requires at most 16
/// unknowns, and at least 2 designs.
Response response_at(Predictor& predictor, const std::vector<Observation>& observations, const std::vector<double>& x,
                     const std::vector<bool>& varied, const Effort& effort);

}  // namespace idlewatt
