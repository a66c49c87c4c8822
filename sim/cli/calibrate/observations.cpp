#include "cli/calibrate/observations.hpp"

#include <cmath>

namespace idlewatt {

double latency_of(const MeasuredTimes& times, LatencyKind kind) {
  switch (kind) {
    case LatencyKind::ttft:
      return times.ttft_s;
    case LatencyKind::after_first:
      return times.e2e_s - times.ttft_s;
    case LatencyKind::e2e:
      return times.e2e_s;
  }
  return times.e2e_s;
}

std::vector<FittedRequests> split_requests(const std::vector<LoadTest>& tests, std::size_t skipped, double hold_out) {
  std::vector<FittedRequests> parts;
  std::size_t before = 0;
  for (const LoadTest& test : tests) {
    const std::size_t all = test.measured.size();
    const std::size_t left = all - std::min(all, skipped);
    const auto held_out = static_cast<std::size_t>(std::llround(hold_out * static_cast<double>(left)));
    parts.push_back({before + all - left, left - held_out, held_out});
    before += all;
  }
  return parts;
}

std::vector<Observation> observations_of(const std::vector<LoadTest>& tests, std::size_t first, std::size_t count) {
  std::vector<Observation> observations;
  std::size_t request = 0;
  const auto add = [&](const MeasuredTimes& times, LatencyKind kind) {
    if (const double measured = latency_of(times, kind); std::isfinite(measured) && measured > 0.0) {
      observations.push_back({request, kind, std::log(measured)});
    }
  };
  for (const LoadTest& test : tests) {
    for (const MeasuredRequest& one : test.measured) {
      if (request >= first && request < first + count) {
        if (std::isfinite(one.times.ttft_s)) {
          add(one.times, LatencyKind::ttft);
          if (one.output_tokens > 1) {
            add(one.times, LatencyKind::after_first);
          }
        } else {
          add(one.times, LatencyKind::e2e);
        }
      }
      ++request;
    }
  }
  return observations;
}

}  // namespace idlewatt
