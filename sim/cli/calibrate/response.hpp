// The simulation near a point, as a linear function of the unknowns.
//
// A latency jumps when an arrival falls into another batch step, so that differences of two runs say more of the phases
// of steps than of the unknowns. So the function is fitted to runs around the point, in a two-level design: each
// unknown is above the point in half of the runs and below it in the others, balanced against every other unknown
// (Box and Hunter, Technometrics 3, 1961: a design of resolution IV, in which products of two unknowns do not disturb
// the slopes). What the linear function leaves unexplained is the noise of phases; it gives the error of the slopes.
#pragma once

#include <vector>

#include "cli/calibrate/observations.hpp"

namespace idlewatt {

/// The linear function: for each observation the mean over the runs, and a slope for each unknown.
struct Response {
  /// ln predicted - ln measured at the point, an entry for each observation; NaN where a run has no answer.
  std::vector<double> residuals;
  std::vector<std::vector<double>> slopes;  ///< [unknown][observation]; 0 where a run has no answer
  std::vector<double> slope_variances;      ///< by observation: the variance of each of its slopes
};

/// The response at `x` from runs at a distance of `step` in every unknown for which `varied` is true. The slopes of the
/// others are 0. `runs` is a power of 2; there are at most runs / 2 unknowns.
Response response_at(Predictor& predictor, const std::vector<Observation>& observations, const std::vector<double>& x,
                     const std::vector<bool>& varied, double step, std::size_t runs);

/// ln predicted - ln measured for each observation of one prediction; NaN where it has no answer.
std::vector<double> residuals_of(const Prediction& prediction, const std::vector<Observation>& observations);

}  // namespace idlewatt
