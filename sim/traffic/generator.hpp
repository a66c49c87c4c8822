// Synthetic traffic: arrivals whose rate follows a profile with spikes, and token lengths from quantile tables.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ticks.hpp"
#include "base/time_zone.hpp"
#include "traffic/arrivals.hpp"
#include "traffic/semantics.hpp"
#include "traffic/sessions.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// A distribution given by its quantiles, linear between them: `value[i]` is the quantile at `probability[i]`.
/// Probabilities ascend from 0 to 1; values never descend.
struct QuantileTable {
  std::vector<double> probability;
  std::vector<double> value;

  /// The quantile at `p`, 0 <= p <= 1. Requires a table as described above.
  double at(double p) const;
  /// The mean of the continuous distribution, before rounding to whole tokens.
  double mean() const;
};

/// A burst on top of the daily profile: rises at once to `height` times the mean rate, and decays exponentially.
struct Spikes {
  double per_day = 0.0;     ///< mean number a day (a Poisson process); 0 = none
  double height_min = 0.0;  ///< in multiples of the mean rate, uniform between min and max
  double height_max = 0.0;
  double decay_s = 0.0;  ///< time constant
};

/// The traffic that a file of workloads/ describes.
struct GeneratedTraffic {
  std::string name;
  double duration_s = 0.0;
  double mean_rate_rps = 0.0;        ///< mean rate of the profile or table, without spikes and crowds
  std::vector<double> hour_profile;  ///< 24 relative rates, linear between the hours' middles; empty = constant
  std::vector<double> day_factors;   ///< 7 factors of the hour profile, from Monday; empty = all alike
  std::vector<double> week_profile;  ///< 168 relative rates from Monday, which replace the two above; empty = none
  LocalClock clock;                  ///< local clock that the profiles follow
  RateTable rate_table;              ///< rates that replace any profile, scaled to mean_rate_rps over the duration
  OnOff on_off;
  Gaps gaps;
  Population population;  ///< clients that replace `gaps`
  Spikes spikes;
  std::vector<FlashCrowd> flash_crowds;
  ClosedLoop closed_loop;  ///< clients beside all other arrivals; generate() does not give their requests
  Sessions sessions;
  std::optional<Semantics> semantics;  ///< semantics for open_traffic(), unless the scenario has its own
  QuantileTable prompt_tokens;
  QuantileTable output_tokens;
};

/// Checks the figures of `traffic`. Throws InputError, naming the traffic, when a figure makes no sense (a rate
/// below 0, 23 hours in a profile...).
void check(const GeneratedTraffic& traffic, double scale);

/// Requests of `traffic` from time 0 until before its duration, with the rate multiplied by `scale`.
///
/// - The profile's arrivals are a renewal process of unit rate, or a population of them, mapped through the integrated
///   rate by exact inversion (traffic/rate_clock.hpp). With exponential gaps the result is a Poisson process.
/// - Spikes and flash crowds are Poisson processes on top, drawn by inversion too, so that no draw is rejected.
/// - Tokens are quantiles of uniform draws, rounded, at least 1. The two lengths of a request are independent.
/// - With sessions, each of these arrivals begins a conversation (traffic/sessions.hpp), and the rate of conversations
///   is divided by their mean turns.
/// - Request.tenant is the client where there is a population.
///
/// Each kind of draw has its own random stream of `seed`: "<name>/arrivals" (those of the profile), "<name>/on-off",
/// "<name>/spikes" (when and how high), "<name>/spike-arrivals", "<name>/prompt", "<name>/output"... So changing the
/// lengths changes no arrival, and changing the spikes changes no arrival of the profile. Throws InputError as check()
/// does.
std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

}  // namespace idlewatt
