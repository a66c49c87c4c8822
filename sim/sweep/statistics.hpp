// Means over seeds, and their confidence intervals.
#pragma once

#include <vector>

namespace idlewatt {

/// The 0.975 quantile of Student's distribution: 12.7 for one degree of freedom, 1.96 for very many.
double student_975(int degrees);

struct Estimate {
  double mean = 0.0;
  double ci95 = 0.0;  ///< half the width of the 95 % confidence interval; NaN for a single value
};

/// The mean of the values and its confidence interval. NaN when any value is NaN, since the mean of the others could
/// not be compared with other means.
Estimate estimate(const std::vector<double>& values);

}  // namespace idlewatt
