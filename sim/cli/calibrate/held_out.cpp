#include "cli/calibrate/held_out.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "base/statistics.hpp"

namespace idlewatt {
namespace {

double ttft_s(const MeasuredTimes& times, std::int32_t) {
  return times.ttft_s;
}

/// Of requests with two tokens or more.
double tpot_s(const MeasuredTimes& times, std::int32_t tokens) {
  return tokens > 1 ? (times.e2e_s - times.ttft_s) / (tokens - 1) : std::numeric_limits<double>::quiet_NaN();
}

double e2e_s(const MeasuredTimes& times, std::int32_t) {
  return times.e2e_s;
}

struct Latency {
  const char* name;
  const char* label;
  double (*of)(const MeasuredTimes& times, std::int32_t tokens);
};
constexpr std::array kLatencies{Latency{"ttft", "TTFT", ttft_s}, Latency{"tpot", "TPOT", tpot_s},
                                Latency{"e2e", "end to end", e2e_s}};

}  // namespace

std::vector<LatencyErrors> held_out_errors(const std::vector<LoadTest>& tests, const std::vector<FittedRequests>& parts,
                                           const Prediction& before, const Prediction& after) {
  std::vector<LatencyErrors> result;
  for (const Latency& latency : kLatencies) {
    std::vector<double> errors_before;
    std::vector<double> errors_after;
    std::size_t request = 0;
    for (std::size_t test = 0; test < tests.size(); ++test) {
      const std::size_t first = parts[test].first + parts[test].count;
      for (const MeasuredRequest& one : tests[test].measured) {
        const std::size_t i = request++;
        const double measured = latency.of(one.times, one.output_tokens);
        const double was = latency.of(before[i], one.output_tokens);
        const double is = latency.of(after[i], one.output_tokens);
        if (i >= first && measured > 0.0 && std::isfinite(was) && std::isfinite(is)) {
          errors_before.push_back(std::abs(was / measured - 1.0));
          errors_after.push_back(std::abs(is / measured - 1.0));
        }
      }
    }
    if (!errors_before.empty()) {
      result.push_back({latency.name, latency.label, errors_before.size(), quantile(errors_before, 0.5),
                        quantile(errors_after, 0.5)});
    }
  }
  return result;
}

}  // namespace idlewatt
