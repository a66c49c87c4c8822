// Counts of latencies in the buckets that inference servers export: the content of a Prometheus histogram.
#pragma once

#include <array>
#include <bit>
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

/// A number that grows by one whenever the exponent of a positive `value` does, or the first bit of its mantissa.
constexpr std::uint64_t half_octave(double value) {
  return std::bit_cast<std::uint64_t>(value) >> 51U;
}

/// The number of the bucket of a latency: the first whose edge is not below it, or the last.
///
/// A table says where the edges of each half of an octave begin, so that two or three are compared, not six: each request
/// that ends is counted three times.
class LatencyBuckets {
 public:
  static constexpr std::size_t of(double seconds) {
    if (!(seconds > kLatencyEdges.front())) {
      return 0;
    }
    if (seconds > kLatencyEdges.back()) {
      return kLatencyEdges.size();
    }
    std::size_t edge = kFirstEdge[static_cast<std::size_t>(half_octave(seconds) - kLowest)];
    while (kLatencyEdges[edge] < seconds) {
      ++edge;
    }
    return edge;
  }

 private:
  static constexpr std::uint64_t kLowest = half_octave(kLatencyEdges.front());
  static constexpr std::size_t kHalves = static_cast<std::size_t>(half_octave(kLatencyEdges.back()) - kLowest) + 1;
  static constexpr std::array<std::uint8_t, kHalves> kFirstEdge = [] {
    std::array<std::uint8_t, kHalves> first{};
    for (std::size_t half = 0; half < kHalves; ++half) {
      const auto lowest = std::bit_cast<double>((kLowest + half) << 51U);
      while (kLatencyEdges[first[half]] < lowest) {
        ++first[half];
      }
    }
    return first;
  }();
};

/// Counts of one latency by bucket.
struct LatencyCounts {
  std::array<std::int64_t, kLatencyEdges.size() + 1> in_bucket{};  ///< counts of single buckets, not cumulative
  std::int64_t count = 0;
  double sum_s = 0.0;

  void add(double seconds) {
    ++in_bucket[LatencyBuckets::of(seconds)];
    ++count;
    sum_s += seconds;
  }
};

template <>
struct FieldsOf<LatencyCounts> : ShownFields<&LatencyCounts::in_bucket, &LatencyCounts::count, &LatencyCounts::sum_s> {
};

}  // namespace idlewatt
