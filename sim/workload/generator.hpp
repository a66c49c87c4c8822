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

  /// The quantile at `p`, 0 <= p <= 1. Requires a table as described above.
  double at(double p) const;
  /// Of the continuous distribution: before rounding to whole tokens.
  double mean() const;
};

/// A burst on top of the daily profile: rises at once to `height` times the mean rate, and decays exponentially.
struct Spikes {
  double per_day = 0.0;     ///< mean number a day (a Poisson process); 0 = none
  double height_min = 0.0;  ///< in multiples of the mean rate, uniform between min and max
  double height_max = 0.0;
  double decay_s = 0.0;  ///< time constant
};

/// What a file of workloads/ describes.
struct GeneratedTraffic {
  std::string name;
  double duration_s = 0.0;
  double mean_rate_rps = 0.0;        ///< of the daily profile, without spikes
  std::vector<double> hour_profile;  ///< 24 relative rates, linear between the hours' middles; empty = constant
  Spikes spikes;
  QuantileTable prompt_tokens;
  QuantileTable output_tokens;
};

/// Queries of `traffic` from time 0 until before its duration, the rate multiplied by `scale`. The daily profile and
/// the spikes are superposed Poisson processes, each drawn by exact inversion of its integrated rate (Cinlar,
/// Introduction to Stochastic Processes, 1975, chapter 4), so that no draw is rejected. Tokens are quantiles of
/// uniform draws, rounded, at least 1; the two lengths of a query are independent.
///
/// Each kind of draw has its own random stream of `seed`: "<name>/arrivals" (those of the profile), "<name>/spikes"
/// (when and how high), "<name>/spike-arrivals", "<name>/prompt", "<name>/output". So changing the lengths changes no
/// arrival, and changing the spikes changes no arrival of the profile.
///
/// Throws InputError, naming the traffic, when a figure makes no sense (a rate below 0, 23 hours in a profile...).
std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

}  // namespace idlewatt
