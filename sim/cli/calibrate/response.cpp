#include "cli/calibrate/response.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "base/require.hpp"

namespace idlewatt {
namespace {

/// The words with an odd number of bits, in ascending order: the columns of the design.
std::vector<std::size_t> columns_of(std::size_t runs) {
  std::vector<std::size_t> columns;
  for (std::size_t word = 1; word < runs; ++word) {
    if (std::popcount(word) % 2 == 1) {
      columns.push_back(word);
    }
  }
  return columns;
}

/// +1 or -1: where the unknown of this column is in this run.
double sign_of(std::size_t run, std::size_t column) {
  return std::popcount(run & column) % 2 == 0 ? 1.0 : -1.0;
}

}  // namespace

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

Response response_at(Predictor& predictor, const std::vector<Observation>& observations, const std::vector<double>& x,
                     const std::vector<bool>& varied, double step, std::size_t runs) {
  const std::vector<std::size_t> columns = columns_of(runs);
  require(x.size() <= columns.size(), "a design has room for half as many unknowns as runs");
  std::vector<std::vector<double>> points(runs, x);
  for (std::size_t run = 0; run < runs; ++run) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      points[run][k] += varied[k] ? step * sign_of(run, columns[k]) : 0.0;
    }
  }
  const std::vector<Prediction> predictions = predictor.at(points);
  const auto count = static_cast<double>(runs);
  Response response{.residuals = std::vector<double>(observations.size()),
                    .slopes = std::vector<std::vector<double>>(x.size(), std::vector<double>(observations.size())),
                    .slope_variances = std::vector<double>(observations.size())};
  std::vector<std::vector<double>> residuals;
  for (const Prediction& prediction : predictions) {
    residuals.push_back(residuals_of(prediction, observations));
  }
  std::size_t unknowns = 0;
  for (const bool one : varied) {
    unknowns += one ? 1 : 0;
  }
  for (std::size_t i = 0; i < observations.size(); ++i) {
    double mean = 0.0;
    for (const std::vector<double>& of_run : residuals) {
      mean += of_run[i] / count;
    }
    response.residuals[i] = mean;
    if (!std::isfinite(mean)) {
      continue;
    }
    for (std::size_t k = 0; k < x.size(); ++k) {
      for (std::size_t run = 0; varied[k] && run < runs; ++run) {
        response.slopes[k][i] += sign_of(run, columns[k]) * residuals[run][i] / (count * step);
      }
    }
    double unexplained = 0.0;
    for (std::size_t run = 0; run < runs; ++run) {
      double fitted = mean;
      for (std::size_t k = 0; k < x.size(); ++k) {
        fitted += response.slopes[k][i] * step * sign_of(run, columns[k]);
      }
      unexplained += (residuals[run][i] - fitted) * (residuals[run][i] - fitted);
    }
    const double variance = unexplained / (count - 1.0 - static_cast<double>(unknowns));
    response.slope_variances[i] = variance / (count * step * step);
  }
  return response;
}

}  // namespace idlewatt
