// What a load test says of each request, as the logarithms that a fit compares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cli/calibrate/predictor.hpp"

namespace idlewatt {

/// The latencies that are compared. The time after the first token, and not the time end to end, stands beside TTFT,
/// since end to end contains TTFT.
enum class LatencyKind : std::uint8_t { ttft, after_first, e2e };
inline constexpr std::size_t kLatencyKinds = 3;

/// What the latency of a request depends on smoothly, as terms of a polynomial: 1; logarithms of its prompt and of its
/// answer; logarithms of how many other requests were in flight with it, and of how many tokens of their prompts came a
/// second; some squares. But for the first, each has the mean 0 and the standard deviation 1 among its kind.
inline constexpr std::size_t kTerms = 8;
using Terms = std::array<double, kTerms>;

/// One measured latency of one request.
struct Observation {
  std::size_t request = 0;  ///< index in a Prediction
  LatencyKind kind = LatencyKind::e2e;
  double ln_measured_s = 0.0;
  std::size_t test = 0;  ///< index of the load test
  Terms terms = {};
};

/// The latency of a kind; NaN where the times lack it.
double latency_of(const MeasuredTimes& times, LatencyKind kind);

/// Where the requests of a fit begin and end, for each load test: the first `fitted` of its requests after the
/// `skipped` ones. Indices are those of a Prediction.
struct FittedRequests {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t held_out = 0;  ///< number of requests behind them
};

std::vector<FittedRequests> split_requests(const std::vector<LoadTest>& tests, std::size_t skipped, double hold_out);

/// The observations of the fitted requests: TTFT and the time after it where TTFT was measured, end to end otherwise.
std::vector<Observation> observations_of(const std::vector<LoadTest>& tests, const std::vector<FittedRequests>& parts);

}  // namespace idlewatt
