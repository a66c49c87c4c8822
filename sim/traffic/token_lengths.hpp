// Token lengths given by other means than a list of quantiles, as quantile tables.
#pragma once

#include <vector>

#include "traffic/generator.hpp"

namespace idlewatt {

/// A clipped lognormal distribution: lengths below `least` count as `least`, lengths above `most` as `most`. The
/// quantiles are an eightieth of a standard deviation apart, up to 4.5 standard deviations from the median; the mean is
/// within 0.1 % for sigma up to 2. Requires median > 0, 0 <= sigma <= 5, 0 < least < most.
QuantileTable lognormal_lengths(double median, double sigma, double least, double most);

/// The distribution of whole numbers with P(X <= tokens_le[i]) = cdf[i], evenly spread between two rows; below the
/// first row, from 1. Exact when rounded to whole tokens. Requires tokens_le ascending from 1 at least, cdf never
/// descending, at least 0, 1 at the end.
QuantileTable cdf_lengths(const std::vector<double>& tokens_le, const std::vector<double>& cdf);

}  // namespace idlewatt
