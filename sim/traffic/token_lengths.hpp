// Token lengths by other means than a list of quantiles, brought into that form.
#pragma once

#include <vector>

#include "traffic/generator.hpp"

namespace idlewatt {

/// A lognormal distribution, clipped: what is shorter than `least` counts as `least`, what is longer than `most` as
/// `most`. By quantiles an eightieth of a standard deviation apart, up to 4.5 of them from the median: the mean is
/// within 0.1 % for sigma up to 2. Requires median > 0, 0 <= sigma <= 5, 0 < least < most.
QuantileTable lognormal_lengths(double median, double sigma, double least, double most);

/// The distribution of whole numbers with P(X <= tokens_le[i]) = cdf[i], evenly spread between two rows; below the
/// first row, from 1. Exact when rounded to whole tokens. Requires tokens_le ascending from 1 at least, cdf never
/// descending, at least 0, 1 at the end.
QuantileTable cdf_lengths(const std::vector<double>& tokens_le, const std::vector<double>& cdf);

}  // namespace idlewatt
