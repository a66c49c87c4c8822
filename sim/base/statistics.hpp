// Quantiles of small samples, and how far two of them go together.
#pragma once

#include <span>
#include <vector>

namespace idlewatt {

/// The `share` quantile (0 to 1) of `values` in any order, straight between the two around it (R's type 7, numpy's
/// default). NaN without values.
double quantile(std::vector<double> values, double share);

/// Spearman's rank correlation of two samples of one length, -1 to 1; equal values share their mean rank. NaN for fewer
/// than three values, and where one sample does not vary.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace idlewatt
