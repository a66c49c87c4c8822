// Counts of latencies in the buckets that inference servers export: the content of a Prometheus histogram.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "policy/view_fields.hpp"

namespace idlewatt {

/// Upper edges of the buckets, in seconds; one more bucket has no edge. The list joins the edges of vLLM's histograms
/// of time to first token, of time per output token and of whole requests (vllm-project/vllm, v1/metrics/loggers.py). A
/// quantile is interpolated within a bucket, so finer buckets than an engine's own give nearly the same quantile.
inline constexpr std::array<double, 45> kLatencyEdges{
    0.001, 0.005, 0.01, 0.02, 0.025, 0.04, 0.05, 0.06, 0.075, 0.08, 0.1,  0.15, 0.2,  0.25, 0.3,
    0.4,   0.5,   0.75, 0.8,  1.0,   1.5,  2.0,  2.5,  5.0,   7.5,  10,   15,   20,   30,   40,
    50,    60,    80,   120,  160,   240,  320,  480,  640,   960,  1280, 1920, 2560, 3840, 7680};

/// Counts of one latency by bucket.
struct LatencyCounts {
  std::array<std::int64_t, kLatencyEdges.size() + 1> in_bucket{};  ///< counts of single buckets, not cumulative
  std::int64_t count = 0;
  double sum_s = 0.0;

  void add(double seconds) {
    const auto edge = std::lower_bound(kLatencyEdges.begin(), kLatencyEdges.end(), seconds);
    ++in_bucket[static_cast<std::size_t>(edge - kLatencyEdges.begin())];
    ++count;
    sum_s += seconds;
  }
};

template <>
struct FieldsOf<LatencyCounts> : ShownFields<&LatencyCounts::in_bucket, &LatencyCounts::count, &LatencyCounts::sum_s> {
};

}  // namespace idlewatt
