#include "cli/calibrate/fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.hpp"
#include "base/statistics.hpp"
#include "cli/calibrate/small_matrix.hpp"

namespace idlewatt {
namespace {

// Numbers of the method; none comes from a measurement.
constexpr Effort kCoarse{.designs = 2, .near = 32};
constexpr Effort kFine{.designs = 4, .near = 64};
constexpr Effort kLast{.designs = 16, .near = 64};
constexpr double kNear = 0.15;            // a move after which steps are fine ones
constexpr double kSettled = 0.25;         // standard deviations of a move that ends the descent
constexpr double kLeastDeviation = 5e-3;  // of a kind of latency, of its logarithm: exact data have none
constexpr double kHuber = 2.0;            // standard deviations beyond which an observation counts less
constexpr double kTrust = 0.7;            // the longest step of an unknown
constexpr double kIdentified = 0.3;  // the largest share of its a priori deviation that an identified unknown keeps
constexpr double kAlike = 0.7;       // correlation beyond which two unknowns are not told apart
constexpr double kLeastSd = 2e-3;    // of x: what the runs' steps resolve
// Ranges of the bootstrap are somewhat narrow, since a step is linear and curvatures have errors of their own: without
// this factor they held all known figures of idlewatt's own output in 6 of 7 load tests, with 1.25 in 17 of 20.
constexpr double kInflation = 1.6;
constexpr std::size_t kMostCoarse = 8;
constexpr std::size_t kMostFine = 3;
constexpr std::size_t kDraws = 500;

/// The objective near a point.
struct Normal {
  SquareMatrix curvature;        ///< of the observations, with the noise of the slopes taken out
  SquareMatrix plain;            ///< of the observations, as the slopes are: for steps
  std::vector<double> gradient;  ///< of the observations
  std::vector<double> weights;   ///< by observation
};

class Fitter {
 public:
  Fitter(Predictor& predictor, const std::vector<Candidate>& candidates, const std::vector<Observation>& observations)
      : predictor_(&predictor), candidates_(&candidates), observations_(&observations) {}

  Fit fit() {
    const std::size_t count = candidates_->size();
    std::vector<double> x(count);
    std::vector<bool> open(count, true);
    descend(x, open, true);
    std::vector<FittedUnknown> unknowns(count);
    Response response = response_at(*predictor_, *observations_, x, open, kLast);
    const std::vector<Range> jointly = ranges_at(response, x, open);
    while (drop_unidentified(response, open, unknowns)) {
      for (std::size_t k = 0; k < count; ++k) {
        x[k] = open[k] ? x[k] : 0.0;
      }
      if (std::find(open.begin(), open.end(), true) == open.end()) {
        break;
      }
      descend(x, open, false);
      response = response_at(*predictor_, *observations_, x, open, kLast);
    }
    const std::vector<Range> alone = ranges_at(response, x, open);
    for (std::size_t k = 0; k < count; ++k) {
      x[k] =
          std::clamp((alone[k].low + alone[k].high) / 2.0, (*candidates_)[k].least_x(), (*candidates_)[k].greatest_x());
    }
    for (std::size_t k = 0; k < count; ++k) {
      unknowns[k].identified = open[k];
      unknowns[k].x = x[k];
      // What the catalogue's values of the others may do to it is in the range that it has when they are fitted, too.
      unknowns[k].low = std::min(jointly[k].low, alone[k].low);
      unknowns[k].high = std::max(jointly[k].high, alone[k].high);
    }
    return {std::move(unknowns), iterations_};
  }

 private:
  double prior(std::size_t k) const { return 1.0 / ((*candidates_)[k].prior_sd * (*candidates_)[k].prior_sd); }

  /// The standard deviations of the kinds beside the noise of phases: those at which the median of the absolute
  /// standardised residuals is that of a normal distribution.
  std::array<double, kLatencyKinds> deviations(const Response& response) const {
    constexpr double of_normal = 0.6745;  // median absolute value of a standard normal variable
    std::array<double, kLatencyKinds> result{};
    for (std::size_t kind = 0; kind < kLatencyKinds; ++kind) {
      double least = kLeastDeviation;
      double most = 10.0;
      for (int halving = 0; halving < 30; ++halving) {
        const double middle = std::sqrt(least * most);
        std::vector<double> sizes;
        for (std::size_t i = 0; i < response.residuals.size(); ++i) {
          if (static_cast<std::size_t>((*observations_)[i].kind) == kind && std::isfinite(response.residuals[i])) {
            sizes.push_back(std::abs(response.residuals[i]) / std::sqrt(middle * middle + response.phase_variances[i]));
          }
        }
        (quantile(std::move(sizes), 0.5) > of_normal ? least : most) = middle;
      }
      result[kind] = most;
    }
    return result;
  }

  /// The standard deviation of an observation.
  double deviation_of(const Response& response, const std::array<double, kLatencyKinds>& deviation,
                      std::size_t observation) const {
    const double of_kind = deviation[static_cast<std::size_t>((*observations_)[observation].kind)];
    return std::sqrt(of_kind * of_kind + response.phase_variances[observation]);
  }

  static SquareMatrix products_of(const Slopes& slopes, const std::vector<double>& weights) {
    SquareMatrix products(slopes.size());
    for (std::size_t k = 0; k < slopes.size(); ++k) {
      for (std::size_t l = 0; l < slopes.size(); ++l) {
        for (std::size_t i = 0; i < weights.size(); ++i) {
          products.at(k, l) += weights[i] * slopes[k][i] * slopes[l][i];
        }
      }
    }
    return products;
  }

  Normal normal_at(const Response& response) const {
    const std::size_t n = candidates_->size();
    const auto deviation = deviations(response);
    Normal normal{SquareMatrix(n), SquareMatrix(n), std::vector<double>(n), std::vector<double>(observations_->size())};
    for (std::size_t i = 0; i < observations_->size(); ++i) {
      const double residual = response.residuals[i];
      if (std::isfinite(residual)) {
        const double sd = deviation_of(response, deviation, i);
        normal.weights[i] = std::min(1.0, kHuber * sd / std::max(std::abs(residual), 1e-12)) / (sd * sd);
        for (std::size_t k = 0; k < n; ++k) {
          normal.gradient[k] += normal.weights[i] * response.slopes[k][i] * residual;
        }
      }
    }
    normal.plain = products_of(response.slopes, normal.weights);
    // The products of two designs' slopes have no noise in common: their mean is what is left of the square of the sum
    // when the squares are taken out.
    const auto designs = static_cast<double>(response.by_design.size());
    SquareMatrix squares(n);
    for (const Slopes& slopes : response.by_design) {
      const SquareMatrix own = products_of(slopes, normal.weights);
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t l = 0; l < n; ++l) {
          squares.at(k, l) += own.at(k, l);
        }
      }
    }
    SquareMatrix cleared(n);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t l = 0; l < n; ++l) {
        cleared.at(k, l) = (designs * designs * normal.plain.at(k, l) - squares.at(k, l)) / (designs * (designs - 1.0));
      }
    }
    normal.curvature = without_negative(cleared);
    return normal;
  }

  /// The rows and columns of `matrix` for unknowns that are `open`, with what is known a priori.
  SquareMatrix open_part(const SquareMatrix& matrix, const std::vector<std::size_t>& open) const {
    SquareMatrix part(open.size());
    for (std::size_t i = 0; i < open.size(); ++i) {
      for (std::size_t j = 0; j < open.size(); ++j) {
        part.at(i, j) = matrix.at(open[i], open[j]) + (i == j ? prior(open[i]) : 0.0);
      }
    }
    return part;
  }

  static std::vector<std::size_t> indices_of(const std::vector<bool>& open) {
    std::vector<std::size_t> indices;
    for (std::size_t k = 0; k < open.size(); ++k) {
      if (open[k]) {
        indices.push_back(k);
      }
    }
    return indices;
  }

  Cholesky solver_of(const SquareMatrix& matrix, const std::vector<std::size_t>& open) const {
    return *Cholesky::of(open_part(matrix, open));  // positive definite by what is known a priori
  }

  void clamp(std::vector<double>& x) const {
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] = std::clamp(x[k], (*candidates_)[k].least_x(), (*candidates_)[k].greatest_x());
    }
  }

  /// One step from `x`. Returns the longest of its moves, in x, or in standard deviations.
  struct Moved {
    double most_x = 0.0;
    double most_sd = 0.0;
  };
  Moved move(std::vector<double>& x, const std::vector<bool>& open, const Effort& effort) {
    ++iterations_;
    response_ = response_at(*predictor_, *observations_, x, open, effort);
    const Normal normal = normal_at(response_);
    const std::vector<std::size_t> indices = indices_of(open);
    std::vector<double> downhill;
    for (const std::size_t k : indices) {
      downhill.push_back(-normal.gradient[k] - prior(k) * x[k]);
    }
    const Cholesky solver = solver_of(normal.plain, indices);
    const std::vector<double> steps = solver.solve(std::move(downhill));
    const SquareMatrix covariance = solver.inverse();
    double longest = kTrust;
    for (const double one : steps) {
      longest = std::max(longest, std::abs(one));
    }
    const std::vector<double> from = x;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      x[indices[i]] += kTrust / longest * steps[i];
    }
    clamp(x);
    Moved moved;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const double by = std::abs(x[indices[i]] - from[indices[i]]);
      moved.most_x = std::max(moved.most_x, by);
      moved.most_sd = std::max(moved.most_sd, by / std::sqrt(covariance.at(i, i)));
    }
    return moved;
  }

  /// Lowers the sum of squares from `x`, first in coarse steps if `x` may be far off; leaves the last response in
  /// response_.
  void descend(std::vector<double>& x, const std::vector<bool>& open, bool far) {
    for (std::size_t i = 0; far && i < kMostCoarse && move(x, open, kCoarse).most_x > kNear; ++i) {
    }
    for (std::size_t i = 0; i < kMostFine && move(x, open, kFine).most_sd > kSettled; ++i) {
    }
  }

  /// The share of its a priori deviation that an unknown keeps.
  double kept(const SquareMatrix& covariance, const std::vector<std::size_t>& indices, std::size_t row) const {
    return std::sqrt(covariance.at(row, row) * prior(indices[row]));
  }

  /// Closes the unknown that is identified least, and again, until all open ones are identified. Returns whether it
  /// closed any.
  bool drop_unidentified(const Response& response, std::vector<bool>& open,
                         std::vector<FittedUnknown>& unknowns) const {
    const std::vector<Response> parts = parts_of(response);
    const Normal normal = normal_at(response);
    bool dropped = false;
    for (std::vector<std::size_t> indices = indices_of(open); !indices.empty(); indices = indices_of(open)) {
      std::vector<double> shares(indices.size());
      for (const Response& part : parts) {
        const SquareMatrix covariance = solver_of(normal_at(part).curvature, indices).inverse();
        for (std::size_t i = 0; i < indices.size(); ++i) {
          shares[i] = std::max(shares[i], kept(covariance, indices, i));
        }
      }
      const auto worst = std::max_element(shares.begin(), shares.end());
      if (*worst <= kIdentified) {
        break;
      }
      const auto row = static_cast<std::size_t>(worst - shares.begin());
      describe_lost(row, normal, solver_of(normal.curvature, indices).inverse(), indices, unknowns[indices[row]]);
      open[indices[row]] = false;
      dropped = true;
    }
    return dropped;
  }

  /// The response of all designs, and of either half of them: how far they agree says what they are worth.
  static std::vector<Response> parts_of(const Response& response) {
    const std::size_t half = response.by_design.size() / 2;
    return {response, from_designs(response, 0, half), from_designs(response, half, half)};
  }

  /// Why the unknown in row `row` of `covariance` is not identified.
  void describe_lost(std::size_t row, const Normal& normal, const SquareMatrix& covariance,
                     const std::vector<std::size_t>& indices, FittedUnknown& unknown) const {
    const std::size_t k = indices[row];
    unknown.has_effect = normal.curvature.at(k, k) * kIdentified * kIdentified > prior(k);
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const double correlation = covariance.at(row, i) / std::sqrt(covariance.at(row, row) * covariance.at(i, i));
      if (i != row && unknown.has_effect && std::abs(correlation) > kAlike) {
        unknown.like.push_back(indices[i]);
      }
    }
  }

  /// A standard normal draw (Box and Muller).
  static double normal_draw(RandomStream& random) {
    constexpr double two_pi = 6.283185307179586;
    return std::sqrt(-2.0 * std::log(random.uniform_positive())) * std::cos(two_pi * random.uniform());
  }

  struct Range {
    double low = 0.0;
    double high = 0.0;
  };

  /// The ranges of the open unknowns, by unknown: a bootstrap of blocks of requests. Each draw takes one Gauss-Newton
  /// step, and draws what is known a priori anew, too.
  ///
  /// The ranges are about the end of a step from `x` itself. They are as wide as the widest of those that all designs
  /// and either half of them give, since little of a weak unknown's curvature is left when the noise is taken out.
  std::vector<Range> ranges_at(const Response& response, const std::vector<double>& x,
                               const std::vector<bool>& open) const {
    std::vector<double> reaches(indices_of(open).size());
    for (const Response& part : parts_of(response)) {
      const std::vector<double> of_part = spread_at(part, open);
      for (std::size_t i = 0; i < reaches.size(); ++i) {
        reaches[i] = std::max(reaches[i], of_part[i]);
      }
    }
    const Normal normal = normal_at(response);
    const std::vector<std::size_t> indices = indices_of(open);
    std::vector<double> downhill;
    for (const std::size_t k : indices) {
      downhill.push_back(-normal.gradient[k] - prior(k) * x[k]);
    }
    const std::vector<double> steps = solver_of(normal.curvature, indices).solve(std::move(downhill));
    std::vector<Range> ranges;
    for (const double one : x) {
      ranges.push_back({one, one});
    }
    for (std::size_t i = 0; i < indices.size(); ++i) {
      const double middle = x[indices[i]] + std::clamp(steps[i], -kTrust, kTrust);
      constexpr double a_priori = 2.0;  // standard deviations: nobody needs a measurement for a wider range
      const double reach = std::min(kInflation * reaches[i], a_priori * (*candidates_)[indices[i]].prior_sd);
      ranges[indices[i]] = {middle - reach, middle + reach};
    }
    return ranges;
  }

  /// How far from their middles the ranges of the open unknowns reach.
  std::vector<double> spread_at(const Response& response, const std::vector<bool>& open) const {
    const Normal normal = normal_at(response);
    const std::vector<std::size_t> indices = indices_of(open);
    const Cholesky solver = solver_of(normal.curvature, indices);
    const std::vector<std::vector<double>> scores = scores_of(response, normal, indices);
    RandomStream random(1, "calibrate/bootstrap");
    std::vector<std::vector<double>> moves;
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      std::vector<double> downhill = resampled(scores, random);
      for (std::size_t i = 0; i < indices.size(); ++i) {
        downhill[i] += normal_draw(random) * std::sqrt(prior(indices[i]));
      }
      moves.push_back(solver.solve(std::move(downhill)));
    }
    std::vector<double> sd(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      double sum = 0.0;
      for (const std::vector<double>& one : moves) {
        sum += one[i] * one[i];
      }
      sd[i] = std::max(kLeastSd, std::sqrt(sum / static_cast<double>(moves.size())));
    }
    std::vector<double> largest;
    for (const std::vector<double>& one : moves) {
      double most = 0.0;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        most = std::max(most, std::abs(one[i]) / sd[i]);
      }
      largest.push_back(most);
    }
    constexpr double confidence = 0.95;
    constexpr double least_width = 2.0;
    const double width = std::max(least_width, quantile(std::move(largest), confidence));
    for (double& one : sd) {
      one *= width;
    }
    return sd;
  }

  /// The sum of the scores less that of as many, drawn in blocks with replacement.
  static std::vector<double> resampled(const std::vector<std::vector<double>>& scores, RandomStream& random) {
    const std::size_t count = scores.size();
    const auto block = static_cast<std::size_t>(std::max(1.0, std::round(std::cbrt(static_cast<double>(count)))));
    std::vector<double> difference(scores.front().size());
    const auto add = [&](const std::vector<double>& score, double sign) {
      for (std::size_t k = 0; k < score.size(); ++k) {
        difference[k] += sign * score[k];
      }
    };
    for (const std::vector<double>& one : scores) {
      add(one, 1.0);
    }
    for (std::size_t taken = 0; taken < count; taken += block) {
      const auto start = static_cast<std::size_t>(random.uniform() * static_cast<double>(count));
      for (std::size_t i = 0; i < block && taken + i < count; ++i) {
        add(scores[(start + i) % count], -1.0);
      }
    }
    return difference;
  }

  /// What each request adds to the gradient, in order; requests without an observation are left out.
  std::vector<std::vector<double>> scores_of(const Response& response, const Normal& normal,
                                             const std::vector<std::size_t>& indices) const {
    std::vector<std::vector<double>> scores;
    for (std::size_t i = 0; i < observations_->size(); ++i) {
      if (i == 0 || (*observations_)[i].request != (*observations_)[i - 1].request) {
        scores.emplace_back(indices.size());
      }
      for (std::size_t k = 0; k < indices.size() && std::isfinite(response.residuals[i]); ++k) {
        scores.back()[k] += normal.weights[i] * response.slopes[indices[k]][i] * response.residuals[i];
      }
    }
    return scores;
  }

  Predictor* predictor_;
  const std::vector<Candidate>* candidates_;
  const std::vector<Observation>* observations_;
  Response response_;
  std::size_t iterations_ = 0;
};

}  // namespace

std::vector<double> Fit::x() const {
  std::vector<double> values;
  for (const FittedUnknown& one : unknowns) {
    values.push_back(one.x);
  }
  return values;
}

bool Fit::any_identified() const {
  return std::any_of(unknowns.begin(), unknowns.end(), [](const FittedUnknown& one) { return one.identified; });
}

Fit fit_unknowns(Predictor& predictor, const std::vector<Candidate>& candidates,
                 const std::vector<Observation>& observations) {
  return Fitter(predictor, candidates, observations).fit();
}

}  // namespace idlewatt
