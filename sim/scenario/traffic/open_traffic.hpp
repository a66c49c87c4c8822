// A scenario's traffic as one stream of requests.
#pragma once

#include <memory>

#include "scenario/traffic/traffic_source.hpp"

namespace idlewatt {

inline std::unique_ptr<TraceReader> open_traffic(const Scenario& scenario) {
  std::vector<TrafficSource> sources;
  for (const Traffic& traffic : scenario.traffic) {
    sources.push_back(source_of(traffic));
  }
  return open_traffic(sources, scenario.seed);
}

}  // namespace idlewatt
