// Synthetic traffic: a Poisson process whose rate follows a day with spikes, token lengths from quantile tables.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "units/ticks.hpp"
#include "workload/trace_reader.hpp"

namespace idlewatt {

/// A distribution by its quantiles, linear between them: `value[i]` is the quantile at `probability[i]`.
/// Probabilities ascend from 0 to 1, values never descend.
struct QuantileTable {
  std::vector<double> probability;
  std::vector<double> value;

  double at(double p) const;
  double mean() const;
};

/// A burst on top of the daily profile: rises at once to `height` times the mean rate, and decays exponentially.
struct Spikes {
  double per_day = 0.0;       ///< mean number a day (a Poisson process); 0 = none
  double height_min = 0.0;    ///< in multiples of the mean rate, uniform between min and max
  double height_max = 0.0;
  double decay_s = 0.0;       ///< time constant
};

/// What a file of workloads/ describes.
struct GeneratedTraffic {
  std::string name;
  double duration_s = 0.0;
  double mean_rate_rps = 0.0;           ///< of the daily profile, without spikes
  std::vector<double> hour_profile;     ///< 24 relative rates, linear between the hours' middles; empty = constant
  Spikes spikes;
  QuantileTable prompt_tokens;
  QuantileTable output_tokens;
};

/// Queries of `traffic`, the rate multiplied by `scale`, random numbers from the streams "<name>/..." of `seed`.
std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

}  // namespace idlewatt
