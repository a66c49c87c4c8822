// What a stream of queries is like: rates, burstiness, token lengths. In one pass and constant memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "units/ticks.hpp"
#include "workload/query.hpp"

namespace idlewatt {

/// Counts token lengths in bins of at most 0.8 % width (exact below 256 tokens), whatever their range.
class TokenHistogram {
 public:
  TokenHistogram();

  /// Requires tokens >= 0.
  void add(std::int32_t tokens);

  std::int64_t count() const { return count_; }
  /// Exact. 0 when empty.
  double mean() const;
  /// The middle of the bin that holds the quantile `p`, 0 <= p <= 1: within 0.4 % of the sample's. 0 when empty.
  double quantile(double p) const;

 private:
  std::vector<std::int64_t> bins_;
  std::int64_t count_ = 0;
  std::int64_t sum_ = 0;
};

/// Feeds on queries in order of arrival.
class TrafficStatistics {
 public:
  void add(const Query& query);

  std::int64_t count() const { return prompt_tokens_.count(); }
  Ticks last_arrival() const { return last_arrival_; }
  /// Queries per second over `duration`.
  double mean_rate_rps(Ticks duration) const;
  /// Most arrivals in one second, ten seconds, one minute (aligned to time 0), over the mean in as much time.
  double peak_to_mean_1s(Ticks duration) const { return peak_to_mean(0, duration); }
  double peak_to_mean_10s(Ticks duration) const { return peak_to_mean(1, duration); }
  double peak_to_mean_1min(Ticks duration) const { return peak_to_mean(2, duration); }
  const TokenHistogram& prompt_tokens() const { return prompt_tokens_; }
  const TokenHistogram& output_tokens() const { return output_tokens_; }

 private:
  /// Arrivals per window: only the current window and the fullest so far are kept.
  struct Windows {
    Ticks width;
    std::int64_t index = -1;
    std::int64_t count = 0;
    std::int64_t most = 0;
  };

  double peak_to_mean(std::size_t windows, Ticks duration) const;

  std::array<Windows, 3> windows_{{{kTicksPerSecond}, {10 * kTicksPerSecond}, {60 * kTicksPerSecond}}};
  Ticks last_arrival_ = 0;
  TokenHistogram prompt_tokens_;
  TokenHistogram output_tokens_;
};

}  // namespace idlewatt
