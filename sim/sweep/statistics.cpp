#include "sweep/statistics.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/policies/policy.hpp>
#include <cmath>
#include <limits>

namespace idlewatt {

double student_975(int degrees) {
  if (degrees < 1) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  // In doubles alone: `long double` is not the same on every machine.
  using Doubles = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return boost::math::quantile(boost::math::students_t_distribution<double, Doubles>(degrees), 0.975);
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
