// Means over seeds, and how sure they are.
#pragma once

#include <vector>

namespace idlewatt {

/// The 0.975 quantile of Student's distribution: 12.7 for one degree of freedom, 1.96 for very many.
double student_975(int degrees);

struct Estimate {
  double mean = 0.0;
  double ci95 = 0.0;  ///< half the width of the 95 % confidence interval; NaN for a single value
};

/// NaN where any value is: the mean of the rest would compare what is not comparable.
Estimate estimate(const std::vector<double>& values);

}  // namespace idlewatt
