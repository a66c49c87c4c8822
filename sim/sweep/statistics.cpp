#include "sweep/statistics.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace idlewatt {

double student_975(int degrees) {
  // Any table of the distribution, to four digits; beyond it the expansion in 1/degrees (Abramowitz and Stegun 26.7.5).
  constexpr std::array<double, 12> table{12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469,
                                         2.3646,  2.3060, 2.2622, 2.2281, 2.2010, 2.1788};
  if (degrees < 1) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (static_cast<std::size_t>(degrees) <= table.size()) {
    return table[static_cast<std::size_t>(degrees) - 1];
  }
  constexpr double z = 1.959963985;
  const double n = degrees;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  const double z7 = z5 * z * z;
  return z + (z3 + z) / (4.0 * n) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n) +
         (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * n * n * n);
}

Estimate estimate(const std::vector<double>& values) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) {
    return {nan, nan};
  }
  const auto count = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) {
    sum += value;
  }
  const double mean = sum / count;
  if (values.size() == 1 || std::isnan(mean)) {
    return {mean, nan};
  }
  double squares = 0.0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  const double deviation = std::sqrt(squares / (count - 1.0));
  return {mean, student_975(static_cast<int>(values.size()) - 1) * deviation / std::sqrt(count)};
}

}  // namespace idlewatt
