#include "traffic/token_lengths.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/require.hpp"

namespace idlewatt {
namespace {

constexpr int kStepsPerSigma = 80;
constexpr int kSteps = 9 * kStepsPerSigma / 2;  // 4.5 standard deviations
constexpr double kNarrowest = 1e-12;            // of a flat part of a CDF, across which no token lies

}  // namespace

QuantileTable lognormal_lengths(double median, double sigma, double least, double most) {
  require(median > 0.0 && sigma >= 0.0 && sigma <= 5.0 && 0.0 < least && least < most, "a checked distribution");
  QuantileTable table;
  const auto clipped = [&](double z) { return std::clamp(median * std::exp(sigma * z), least, most); };
  for (int step = -kSteps; step <= kSteps; ++step) {
    const double z = static_cast<double>(step) / kStepsPerSigma;
    const double below = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    table.probability.push_back(step == -kSteps ? 0.0 : step == kSteps ? 1.0 : below);
    table.value.push_back(clipped(z));
  }
  return table;
}

QuantileTable cdf_lengths(const std::vector<double>& tokens_le, const std::vector<double>& cdf) {
  QuantileTable table{{0.0}, {0.5}};
  // Rounding to the nearest turns the interval from a + 1/2 to b + 1/2 into a + 1 ... b.
  for (std::size_t i = 0; i < cdf.size(); ++i) {
    const double value = tokens_le[i] + 0.5;
    const double probability = i + 1 == cdf.size() ? 1.0 : std::min(cdf[i], 1.0);
    if (probability > table.probability.back() + kNarrowest) {
      table.probability.push_back(probability);
      table.value.push_back(value);
      continue;
    }
    // No token between this row and the last: the table jumps, as far as a table can.
    const std::size_t last = table.value.size() - 1;
    const bool jumped = last > 0 && table.probability[last] - table.probability[last - 1] <= 2.0 * kNarrowest;
    if (last == 0 || jumped || table.probability[last] >= 1.0) {
      if (table.probability[last] < 1.0) {
        table.value[last] = value;
      }
    } else {
      table.probability.push_back(table.probability[last] + kNarrowest);
      table.value.push_back(value);
    }
  }
  table.probability.back() = 1.0;
  return table;
}

}  // namespace idlewatt
