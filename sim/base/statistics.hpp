// Quantiles of small samples and the rank correlation of two samples.
#pragma once

#include <span>
#include <vector>

namespace idlewatt {

/// The `share` quantile (0 to 1) of `values`, which may be in any order: linear between the two nearest values (R's
/// type 7, numpy's default). NaN without values.
double quantile(std::vector<double> values, double share);

/// Spearman's rank correlation of two samples of equal length, -1 to 1. Equal values share their mean rank. NaN for
/// fewer than three values and where one sample does not vary.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace idlewatt
