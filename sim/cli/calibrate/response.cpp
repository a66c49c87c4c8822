#include "cli/calibrate/response.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "base/require.hpp"
#include "cli/calibrate/small_matrix.hpp"

namespace idlewatt {
namespace {

// Distances of runs from the point, in x. Near it, only phases differ. Far from it, the unknowns do more than phases,
// and third powers of the distance are still small: they disturb a slope by about a hundredth.
constexpr double kNear = 0.02;
constexpr double kFar = 0.15;
constexpr double kFarther = 0.25;

using Residuals = std::vector<std::vector<double>>;  ///< [run][observation]

/// Runs in which each unknown is above or below the point.
struct Design {
  std::vector<std::size_t> columns;  ///< by unknown: the bits of a run's number whose parity is its sign
  std::size_t runs = 0;
  double distance = 0.0;

  double sign(std::size_t run, std::size_t unknown) const {
    return std::popcount(run & columns[unknown]) % 2 == 0 ? 1.0 : -1.0;
  }
};

/// Design `number` of `all`. Columns have an odd number of bits, which makes the resolution IV; each design gives other
/// columns to an unknown.
Design design_of(std::size_t unknowns, std::size_t number, std::size_t all) {
  constexpr std::size_t small = 16;
  constexpr std::size_t large = 32;
  Design design{.columns = {}, .runs = unknowns > small / 2 ? large : small};
  std::vector<std::size_t> odd;
  for (std::size_t word = 1; word < design.runs; ++word) {
    if (std::popcount(word) % 2 == 1) {
      odd.push_back(word);
    }
  }
  require(unknowns <= odd.size(), "a design with room for the unknowns");
  for (std::size_t k = 0; k < unknowns; ++k) {
    design.columns.push_back(odd[(3 * k + number) % odd.size()]);  // 3 has no factor in common with 8 and 16
  }
  design.distance =
      all > 1 ? kFar + (kFarther - kFar) * static_cast<double>(number) / static_cast<double>(all - 1) : kFar;
  return design;
}

std::vector<double> residuals_of(const Prediction& prediction, const std::vector<Observation>& observations) {
  std::vector<double> residuals;
  residuals.reserve(observations.size());
  for (const Observation& one : observations) {
    const double predicted = latency_of(prediction[one.request], one.kind);
    residuals.push_back(predicted > 0.0 ? std::log(predicted) - one.ln_measured_s
                                        : std::numeric_limits<double>::quiet_NaN());
  }
  return residuals;
}

void set_level(const Residuals& near, Response& response) {
  const auto count = static_cast<double>(near.size());
  for (std::size_t i = 0; i < response.residuals.size(); ++i) {
    double mean = 0.0;
    for (const std::vector<double>& run : near) {
      mean += run[i] / count;
    }
    for (const std::vector<double>& run : near) {
      response.phase_variances[i] += (run[i] - mean) * (run[i] - mean) / (count - 1.0);
    }
    response.residuals[i] = mean;
  }
}

Slopes slopes_of(const Residuals& far, const Design& design, const std::vector<bool>& varied) {
  const double each = 1.0 / (static_cast<double>(design.runs) * design.distance);
  Slopes slopes(varied.size(), std::vector<double>(far.front().size()));
  for (std::size_t k = 0; k < varied.size(); ++k) {
    for (std::size_t run = 0; varied[k] && run < design.runs; ++run) {
      for (std::size_t i = 0; i < slopes[k].size(); ++i) {
        slopes[k][i] += design.sign(run, k) * each * far[run][i];
      }
    }
  }
  return slopes;
}

/// Draws slopes of a group of observations to a polynomial, by weighted least squares.
class Smoother {
 public:
  Smoother(const std::vector<Observation>& observations, std::vector<std::size_t> group, const Response& response)
      : observations_(&observations),
        group_(std::move(group)),
        terms_(std::clamp<std::size_t>(group_.size() / 4, 1, kTerms)) {
    constexpr double least = 1e-4;  // variance below which phases do not matter
    SquareMatrix matrix(terms_);
    for (const std::size_t i : group_) {
      weights_.push_back(1.0 / (response.phase_variances[i] + least));
      for (std::size_t a = 0; a < terms_; ++a) {
        for (std::size_t b = 0; b < terms_; ++b) {
          matrix.at(a, b) += weights_.back() * term(i, a) * term(i, b);
        }
      }
    }
    constexpr double ridge = 1e-6;  // where all requests are alike, the terms are
    for (std::size_t a = 0; a < terms_; ++a) {
      matrix.at(a, a) += ridge * matrix.at(0, 0);
    }
    solver_ = Cholesky::of(matrix);
  }

  void smooth(std::vector<double>& slopes) const {
    if (!solver_) {
      return;
    }
    std::vector<double> right(terms_);
    for (std::size_t g = 0; g < group_.size(); ++g) {
      for (std::size_t a = 0; a < terms_; ++a) {
        right[a] += weights_[g] * term(group_[g], a) * slopes[group_[g]];
      }
    }
    const std::vector<double> coefficients = solver_->solve(std::move(right));
    for (const std::size_t i : group_) {
      slopes[i] = 0.0;
      for (std::size_t a = 0; a < terms_; ++a) {
        slopes[i] += coefficients[a] * term(i, a);
      }
    }
  }

 private:
  double term(std::size_t observation, std::size_t which) const { return (*observations_)[observation].terms[which]; }

  const std::vector<Observation>* observations_;
  std::vector<std::size_t> group_;
  std::size_t terms_;
  std::vector<double> weights_;
  std::optional<Cholesky> solver_ = {};
};

/// The observations of each test and kind that have an answer.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<Observation>& observations,
                                                const std::vector<double>& residuals) {
  std::vector<std::vector<std::size_t>> groups((observations.back().test + 1) * kLatencyKinds);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (std::isfinite(residuals[i])) {
      groups[observations[i].test * kLatencyKinds + static_cast<std::size_t>(observations[i].kind)].push_back(i);
    }
  }
  std::erase_if(groups, [](const std::vector<std::size_t>& group) { return group.empty(); });
  return groups;
}

std::vector<double> moved(const std::vector<double>& x, const std::vector<bool>& varied, const Design& design,
                          std::size_t run, double distance) {
  std::vector<double> point = x;
  for (std::size_t k = 0; k < x.size(); ++k) {
    point[k] += varied[k] ? distance * design.sign(run, k) : 0.0;
  }
  return point;
}

}  // namespace

Response from_designs(const Response& response, std::size_t first, std::size_t count) {
  Response part{response.residuals, response.phase_variances, {}, {}};
  part.slopes.assign(response.slopes.size(), std::vector<double>(response.residuals.size()));
  for (std::size_t d = first; d < first + count; ++d) {
    part.by_design.push_back(response.by_design[d]);
    for (std::size_t k = 0; k < part.slopes.size(); ++k) {
      for (std::size_t i = 0; i < part.slopes[k].size(); ++i) {
        part.slopes[k][i] += response.by_design[d][k][i] / static_cast<double>(count);
      }
    }
  }
  return part;
}

Response response_at(Predictor& predictor, const std::vector<Observation>& observations, const std::vector<double>& x,
                     const std::vector<bool>& varied, const Effort& effort) {
  std::vector<Design> designs;
  std::vector<std::vector<double>> points;
  for (std::size_t number = 0; number < effort.designs; ++number) {
    const Design& design = designs.emplace_back(design_of(x.size(), number, effort.designs));
    for (std::size_t run = 0; run < design.runs; ++run) {
      points.push_back(moved(x, varied, design, run, design.distance));
    }
  }
  const std::size_t all_far = points.size();
  for (std::size_t i = 0; i < std::min(effort.near, all_far); ++i) {
    const Design& design = designs[i / designs.front().runs];
    points.push_back(moved(x, varied, design, i % design.runs, kNear));
  }
  const std::vector<Prediction> predictions = predictor.at(points);
  Residuals near;
  std::vector<Residuals> far;
  std::size_t next = 0;
  for (const Design& design : designs) {
    far.emplace_back();
    for (std::size_t run = 0; run < design.runs; ++run) {
      far.back().push_back(residuals_of(predictions[next++], observations));
    }
  }
  while (next < predictions.size()) {
    near.push_back(residuals_of(predictions[next++], observations));
  }
  const std::vector<double> none(observations.size());
  Response response{.residuals = none, .phase_variances = none, .slopes = {}, .by_design = {}};
  set_level(near, response);
  for (const Residuals& of_design : far) {
    for (const std::vector<double>& run : of_design) {
      for (std::size_t i = 0; i < observations.size(); ++i) {
        response.residuals[i] = std::isfinite(run[i]) ? response.residuals[i] : run[i];
      }
    }
  }
  std::vector<Smoother> smoothers;
  for (std::vector<std::size_t>& group : groups_of(observations, response.residuals)) {
    smoothers.emplace_back(observations, std::move(group), response);
  }
  response.slopes.assign(x.size(), none);
  for (std::size_t d = 0; d < designs.size(); ++d) {
    Slopes slopes = slopes_of(far[d], designs[d], varied);
    for (std::size_t k = 0; k < x.size(); ++k) {
      for (const Smoother& smoother : smoothers) {
        smoother.smooth(slopes[k]);
      }
      for (std::size_t i = 0; i < observations.size(); ++i) {
        slopes[k][i] = std::isfinite(response.residuals[i]) ? slopes[k][i] : 0.0;
        response.slopes[k][i] += slopes[k][i] / static_cast<double>(designs.size());
      }
    }
    response.by_design.push_back(std::move(slopes));
  }
  return response;
}

}  // namespace idlewatt
