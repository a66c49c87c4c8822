#include "cli/calibrate/fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/statistics.hpp"
#include "cli/calibrate/small_matrix.hpp"

namespace idlewatt {
namespace {

// Numbers of the method; none comes from a measurement.
constexpr double kFirstStep = 0.1;        // of x in the runs around a point, far from the solution
constexpr double kLastStep = 0.04;        // near it
constexpr double kLeastDeviation = 5e-3;  // of a kind of latency, of its logarithm: exact data have none
constexpr double kHuber = 2.0;            // standard deviations beyond which an observation counts less
constexpr double kTrust = 0.7;            // the longest step of an unknown
constexpr double kIdentified = 0.25;      // the largest standard deviation of an identified unknown
constexpr double kAlike = 0.7;            // correlation beyond which two unknowns are not told apart
constexpr double kLeastSd = 2e-3;         // of x: what the runs' steps resolve
constexpr std::size_t kMostIterations = 15;
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
    std::vector<double> x(candidates_->size());
    std::vector<bool> open(candidates_->size(), true);
    std::vector<FittedUnknown> unknowns(candidates_->size());
    for (std::size_t left = candidates_->size(); left > 0; --left) {
      descend(x, open);
      const Normal normal = normal_at(response_);
      const SquareMatrix covariance = covariance_of(normal, open);
      const auto worst = worst_of(covariance, open);
      if (!worst) {
        break;
      }
      describe_lost(*worst, normal, covariance, open, unknowns[*worst]);
      open[*worst] = false;
      x[*worst] = 0.0;
    }
    if (std::find(open.begin(), open.end(), true) != open.end()) {
      set_ranges(x, open, unknowns);
    }
    for (std::size_t k = 0; k < unknowns.size(); ++k) {
      unknowns[k].identified = open[k];
      unknowns[k].x = x[k];
    }
    return {std::move(unknowns), iterations_};
  }

 private:
  std::size_t runs() const { return candidates_->size() > 8 ? 32 : 16; }
  double prior(std::size_t k) const { return 1.0 / ((*candidates_)[k].prior_sd * (*candidates_)[k].prior_sd); }

  /// The standard deviations of the kinds, from the medians of absolute residuals.
  std::array<double, kLatencyKinds> deviations(const std::vector<double>& residuals) const {
    constexpr double of_normal = 1.4826;  // standard deviation over median absolute value of a normal distribution
    std::array<std::vector<double>, kLatencyKinds> sizes;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      if (std::isfinite(residuals[i])) {
        sizes[static_cast<std::size_t>((*observations_)[i].kind)].push_back(std::abs(residuals[i]));
      }
    }
    std::array<double, kLatencyKinds> result{};
    for (std::size_t kind = 0; kind < kLatencyKinds; ++kind) {
      result[kind] = sizes[kind].empty() ? 1.0 : std::max(kLeastDeviation, of_normal * quantile(sizes[kind], 0.5));
    }
    return result;
  }

  double sum_of_squares(const std::vector<double>& residuals, const std::array<double, kLatencyKinds>& deviation,
                        const std::vector<double>& x) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      if (std::isfinite(residuals[i])) {
        const double size = std::abs(residuals[i]) / deviation[static_cast<std::size_t>((*observations_)[i].kind)];
        sum += size <= kHuber ? size * size : 2.0 * kHuber * size - kHuber * kHuber;
      }
    }
    for (std::size_t k = 0; k < x.size(); ++k) {
      sum += x[k] * x[k] * prior(k);
    }
    return sum;
  }

  Normal normal_at(const Response& response) const {
    const std::size_t n = candidates_->size();
    const auto deviation = deviations(response.residuals);
    Normal normal{SquareMatrix(n), SquareMatrix(n), std::vector<double>(n), std::vector<double>(observations_->size())};
    double noise = 0.0;
    for (std::size_t i = 0; i < observations_->size(); ++i) {
      const double residual = response.residuals[i];
      if (!std::isfinite(residual)) {
        continue;
      }
      const double sd = deviation[static_cast<std::size_t>((*observations_)[i].kind)];
      const double weight = std::min(1.0, kHuber * sd / std::max(std::abs(residual), 1e-12)) / (sd * sd);
      normal.weights[i] = weight;
      noise += weight * response.slope_variances[i];
      for (std::size_t k = 0; k < n; ++k) {
        normal.gradient[k] += weight * response.slopes[k][i] * residual;
        for (std::size_t l = 0; l < n; ++l) {
          normal.plain.at(k, l) += weight * response.slopes[k][i] * response.slopes[l][i];
        }
      }
    }
    normal.curvature = normal.plain;
    for (std::size_t k = 0; k < n; ++k) {
      normal.curvature.at(k, k) = std::max(0.0, normal.plain.at(k, k) - noise);
    }
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

  /// With the noise of the slopes taken out the matrix may not be positive definite; then less of it is taken out.
  Cholesky solver_of(const Normal& normal, const std::vector<std::size_t>& open) const {
    for (double share = 1.0; share > 1e-3; share /= 2.0) {
      SquareMatrix mixed = normal.plain;
      for (std::size_t k = 0; k < mixed.rows(); ++k) {
        mixed.at(k, k) += share * (normal.curvature.at(k, k) - normal.plain.at(k, k));
      }
      if (auto solver = Cholesky::of(open_part(mixed, open))) {
        return *solver;
      }
    }
    return *Cholesky::of(open_part(normal.plain, open));
  }

  void clamp(std::vector<double>& x) const {
    for (std::size_t k = 0; k < x.size(); ++k) {
      x[k] = std::clamp(x[k], (*candidates_)[k].least_x(), (*candidates_)[k].greatest_x());
    }
  }

  /// Lowers the sum of squares from `x`; leaves the response at the end in response_.
  void descend(std::vector<double>& x, const std::vector<bool>& open) {
    const std::vector<std::size_t> indices = indices_of(open);
    double trust = kTrust;
    double step = kFirstStep;
    std::vector<double> best = x;
    std::optional<Response> best_response;
    for (std::size_t iteration = 0; iteration < kMostIterations; ++iteration) {
      ++iterations_;
      const Response response = response_at(*predictor_, *observations_, x, open, step, runs());
      const auto deviation = deviations(response.residuals);
      if (best_response && sum_of_squares(response.residuals, deviation, x) >
                               1.001 * sum_of_squares(best_response->residuals, deviation, best)) {
        trust /= 3.0;
        x = best;
      } else {
        best = x;
        best_response = response;
      }
      const Normal normal = normal_at(*best_response);
      std::vector<double> downhill;
      for (const std::size_t k : indices) {
        downhill.push_back(-normal.gradient[k] - prior(k) * best[k]);
      }
      std::vector<double> move;
      if (!indices.empty()) {
        move = Cholesky::of(open_part(normal.plain, indices))->solve(downhill);
      }
      double longest = 0.0;
      for (const double one : move) {
        longest = std::max(longest, std::abs(one));
      }
      const double scale = longest > trust ? trust / longest : 1.0;
      for (std::size_t i = 0; i < move.size(); ++i) {
        x[indices[i]] = best[indices[i]] + scale * move[i];
      }
      clamp(x);
      double moved = 0.0;
      for (std::size_t k = 0; k < x.size(); ++k) {
        moved = std::max(moved, std::abs(x[k] - best[k]));
      }
      if (moved < step) {
        if (step == kLastStep && moved < kLastStep / 10.0) {
          break;
        }
        if (step != kLastStep) {
          step = kLastStep;
          best = x;
          best_response.reset();
          trust = kLastStep * 2.0;
        }
      }
      if (trust < kLastStep / 10.0) {
        break;
      }
    }
    x = best;
    response_ = best_response ? *best_response : response_at(*predictor_, *observations_, x, open, kLastStep, runs());
  }

  SquareMatrix covariance_of(const Normal& normal, const std::vector<bool>& open) const {
    return solver_of(normal, indices_of(open)).inverse();
  }

  /// The unknown that is identified least; nothing when all are.
  static std::optional<std::size_t> worst_of(const SquareMatrix& covariance, const std::vector<bool>& open) {
    const std::vector<std::size_t> indices = indices_of(open);
    std::optional<std::size_t> worst;
    double largest = kIdentified * kIdentified;
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (covariance.at(i, i) > largest) {
        largest = covariance.at(i, i);
        worst = indices[i];
      }
    }
    return worst;
  }

  void describe_lost(std::size_t k, const Normal& normal, const SquareMatrix& covariance, const std::vector<bool>& open,
                     FittedUnknown& unknown) const {
    const std::vector<std::size_t> indices = indices_of(open);
    const auto row = static_cast<std::size_t>(std::find(indices.begin(), indices.end(), k) - indices.begin());
    unknown.has_effect = normal.curvature.at(k, k) * kIdentified * kIdentified > 1.0;
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

  void set_ranges(const std::vector<double>& x, const std::vector<bool>& open, std::vector<FittedUnknown>& unknowns) {
    // Slopes of the unknowns at the catalogue's values, too: they may be wrong there, and the others then with them.
    const Response response =
        response_at(*predictor_, *observations_, x, std::vector<bool>(x.size(), true), kLastStep, 2 * runs());
    const Normal normal = normal_at(response);
    const std::vector<std::size_t> indices = indices_of(open);
    const Cholesky solver = solver_of(normal, indices);
    const std::vector<std::vector<double>> scores = scores_of(response, normal, indices);
    const std::size_t count = scores.size();
    const auto block = static_cast<std::size_t>(std::max(1.0, std::round(std::cbrt(static_cast<double>(count)))));
    std::vector<double> total(indices.size());
    for (const std::vector<double>& one : scores) {
      for (std::size_t i = 0; i < indices.size(); ++i) {
        total[i] += one[i];
      }
    }
    RandomStream random(1, "calibrate/bootstrap");
    std::vector<std::vector<double>> moves;
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      std::vector<double> downhill = total;
      for (std::size_t taken = 0; taken < count; taken += block) {
        const auto start = static_cast<std::size_t>(random.uniform() * static_cast<double>(count));
        for (std::size_t i = 0; i < block && taken + i < count; ++i) {
          const std::vector<double>& one = scores[(start + i) % count];
          for (std::size_t k = 0; k < indices.size(); ++k) {
            downhill[k] -= one[k];
          }
        }
      }
      for (std::size_t k = 0; k < x.size(); ++k) {
        const double error = normal_draw(random) * (*candidates_)[k].prior_sd;
        for (std::size_t i = 0; i < indices.size() && !open[k]; ++i) {
          downhill[i] -= normal.plain.at(indices[i], k) * error;
        }
      }
      moves.push_back(solver.solve(std::move(downhill)));
    }
    std::vector<double> sd(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      double sum = 0.0;
      for (const std::vector<double>& move : moves) {
        sum += move[i] * move[i];
      }
      sd[i] = std::max(kLeastSd, std::sqrt(sum / static_cast<double>(moves.size())));
    }
    std::vector<double> largest;
    for (const std::vector<double>& move : moves) {
      double most = 0.0;
      for (std::size_t i = 0; i < indices.size(); ++i) {
        most = std::max(most, std::abs(move[i]) / sd[i]);
      }
      largest.push_back(most);
    }
    constexpr double confidence = 0.95;
    const double width = std::max(2.0, quantile(largest, confidence));
    for (std::size_t i = 0; i < indices.size(); ++i) {
      unknowns[indices[i]].low = x[indices[i]] - width * sd[i];
      unknowns[indices[i]].high = x[indices[i]] + width * sd[i];
    }
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
