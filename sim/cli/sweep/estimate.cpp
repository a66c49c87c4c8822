#include "cli/sweep/estimate.hpp"

#include <algorithm>

#include "base/ticks.hpp"
#include "scenario/traffic/traffic_source.hpp"

namespace idlewatt {

namespace {

constexpr std::size_t kSamples = 8;
constexpr std::int64_t kMostCounted = 200'000;  // a twentieth of a second
constexpr double kRequestS = 1.2e-6;            // tests/bench/README.md has 0.5 to 0.9 us, without the recording
constexpr double kStartS = 0.01;

double requests_of(const Scenario& scenario) {
  std::vector<TrafficSource> sources;
  for (const Traffic& traffic : scenario.traffic) {
    sources.push_back(source_of(traffic));
  }
  const auto reader = open_traffic(sources, scenario.seed);
  std::int64_t count = 0;
  Ticks until = scenario.horizon;
  for (Request request; reader->next(request) && request.arrival < scenario.horizon;) {
    if (++count == kMostCounted) {
      until = std::max<Ticks>(request.arrival, 1);
      break;
    }
  }
  return static_cast<double>(count) * to_seconds(scenario.horizon) / to_seconds(until);
}

}  // namespace

SweepEstimate estimate_sweep(Sweep& grid) {
  const std::size_t points = grid.points().size();
  const std::size_t samples = std::min(kSamples, points);
  SweepEstimate estimate;
  for (std::size_t i = 0; i < samples; ++i) {
    estimate.requests += requests_of(grid.scenario(grid.points()[i * points / samples])) / static_cast<double>(samples);
  }
  estimate.point_s = kStartS + estimate.requests * kRequestS;
  return estimate;
}

}  // namespace idlewatt
