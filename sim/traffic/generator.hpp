// Synthetic traffic: arrivals whose rate follows a profile with spikes, token lengths from quantile tables.
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
  double mean_rate_rps = 0.0;        ///< of the profile or table, without spikes and crowds
  std::vector<double> hour_profile;  ///< 24 relative rates, linear between the hours' middles; empty = constant
  std::vector<double> day_factors;   ///< 7, times the hour profile; the first is Monday; empty = all alike
  std::vector<double> week_profile;  ///< 168 relative rates from Monday, instead of the two above; empty = none
  LocalClock clock;                  ///< that the profiles follow: where it stands at time 0, and when it is changed
  RateTable rate_table;              ///< instead of any profile, brought to mean_rate_rps over the duration
  OnOff on_off;
  Gaps gaps;
  Population population;  ///< instead of `gaps`
  Spikes spikes;
  std::vector<FlashCrowd> flash_crowds;
  ClosedLoop closed_loop;  ///< beside all others; its requests are not among those of generate()
  Sessions sessions;
  std::optional<Semantics> semantics;  ///< for open_traffic(), unless the scenario says otherwise
  QuantileTable prompt_tokens;
  QuantileTable output_tokens;
};

/// Throws InputError, naming the traffic, when a figure makes no sense (a rate below 0, 23 hours in a profile...).
void check(const GeneratedTraffic& traffic, double scale);

/// Requests of `traffic` from time 0 until before its duration, the rate multiplied by `scale`.
///
/// - The profile's arrivals are a renewal process of unit rate (or a population of them), mapped through the integrated
///   rate by exact inversion (traffic/rate_clock.hpp). With exponential gaps that is a Poisson process.
/// - Spikes and flash crowds are Poisson processes on top, inverted likewise, so that no draw is rejected.
/// - Tokens are quantiles of uniform draws, rounded, at least 1; the two lengths of a request are independent.
/// - With sessions, all this begins conversations (traffic/sessions.hpp), fewer in proportion to their mean turns.
/// - Request.tenant is the client where there is a population.
///
/// Each kind of draw has its own random stream of `seed`: "<name>/arrivals" (those of the profile), "<name>/on-off",
/// "<name>/spikes" (when and how high), "<name>/spike-arrivals", "<name>/prompt", "<name>/output"... So changing the
/// lengths changes no arrival, and changing the spikes changes no arrival of the profile. Throws as check().
std::unique_ptr<TraceReader> generate(const GeneratedTraffic& traffic, double scale, std::uint64_t seed);

}  // namespace idlewatt
