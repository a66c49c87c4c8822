// Counts of latencies in the buckets that inference servers export: what a Prometheus histogram is made of.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace idlewatt {

/// Upper edges of the buckets, in seconds, and of one more without an edge: those of vLLM's histograms of the time to
/// first token, per output token, and of whole requests, in one list (vllm-project/vllm, v1/metrics/loggers.py). A
/// quantile is interpolated within a bucket, so finer buckets than an engine's own give nearly its quantile.
inline constexpr std::array<double, 45> kLatencyEdges{
    0.001, 0.005, 0.01, 0.02, 0.025, 0.04, 0.05, 0.06, 0.075, 0.08, 0.1,  0.15, 0.2,  0.25, 0.3,
    0.4,   0.5,   0.75, 0.8,  1.0,   1.5,  2.0,  2.5,  5.0,   7.5,  10,   15,   20,   30,   40,
    50,    60,    80,   120,  160,   240,  320,  480,  640,   960,  1280, 1920, 2560, 3840, 7680};

struct LatencyCounts {
  std::array<std::int64_t, kLatencyEdges.size() + 1> in_bucket{};  ///< not cumulative
  std::int64_t count = 0;
  double sum_s = 0.0;

  void add(double seconds) {
    const auto edge = std::lower_bound(kLatencyEdges.begin(), kLatencyEdges.end(), seconds);
    ++in_bucket[static_cast<std::size_t>(edge - kLatencyEdges.begin())];
    ++count;
    sum_s += seconds;
  }
};

}  // namespace idlewatt
