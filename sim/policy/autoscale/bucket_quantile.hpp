// A quantile of latencies that were counted in buckets.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "policy/autoscale/latency_counts.hpp"

namespace idlewatt {

/// The quantile `q` in seconds, as Prometheus' bucketQuantile computes it: linear between the edges of the bucket that
/// the rank falls into. The last edge when the rank falls beyond all edges; NaN without observations. `cumulative` has
/// one count for each bucket of LatencyCounts, which includes the counts of all buckets before it.
inline double bucket_quantile(double q, const std::vector<double>& cumulative) {
  const double all = cumulative.back();
  if (!(all > 0.0)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double rank = q * all;
  std::size_t bucket = 0;
  while (bucket + 1 < cumulative.size() && cumulative[bucket] < rank) {
    ++bucket;
  }
  if (bucket + 1 == cumulative.size()) {
    return kLatencyEdges.back();
  }
  const double low = bucket == 0 ? 0.0 : kLatencyEdges[bucket - 1];
  const double below = bucket == 0 ? 0.0 : cumulative[bucket - 1];
  const double inside = cumulative[bucket] - below;
  return low + (kLatencyEdges[bucket] - low) * ((rank - below) / inside);
}

}  // namespace idlewatt
