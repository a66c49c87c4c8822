// Weighted least squares over the unknowns, through the simulation: which of them the observations identify, and how
// well.
//
// The sum of squares has a term for each observation, with a standard deviation for each kind of latency that is
// estimated beside the unknowns and with Huber's weights (Annals of Mathematical Statistics 35, 1964) against outliers,
// and one for each unknown, which is a priori within its standard deviation of the catalogue's value. Gauss-Newton
// steps within a trust region lower it.
//
// An unknown is identified when the observations leave less than 0.3 of its a priori standard deviation, all others
// unknown too. The least identified unknown is set to the catalogue's value, and so on, until all that are left are
// identified; these are fitted again.
//
// Ranges come from a bootstrap of blocks of requests (Kuensch, Annals of Statistics 17, 1989), since requests that are
// served together share their errors. Each draw takes one Gauss-Newton step. The ranges hold for all fitted unknowns
// together with 95 % confidence: they are equal multiples of the standard deviations. A range also holds the one that
// the unknown has when all unknowns are fitted, since the catalogue's values of the others may be wrong.
#pragma once

#include <string>
#include <vector>

#include "cli/calibrate/observations.hpp"
#include "cli/calibrate/response.hpp"

namespace idlewatt {

/// What the fit found of one unknown.
struct FittedUnknown {
  bool identified = false;
  double x = 0.0;    ///< 0, the catalogue's value, unless identified
  double low = 0.0;  ///< range of x
  double high = 0.0;
  bool has_effect = true;  ///< false: the observations hardly depend on it
  /// Unknowns that the observations cannot tell apart from this one: indices.
  std::vector<std::size_t> like;
};

/// The fit.
struct Fit {
  std::vector<FittedUnknown> unknowns;  ///< in the order of the candidates
  std::size_t iterations = 0;

  std::vector<double> x() const;
  bool any_identified() const;
};

/// Fits the candidates to the observations. Throws what Predictor::at() throws.
Fit fit_unknowns(Predictor& predictor, const std::vector<Candidate>& candidates,
                 const std::vector<Observation>& observations);

}  // namespace idlewatt
