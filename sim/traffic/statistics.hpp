// The statistics of a stream of requests: rates, burstiness, token lengths, reuse. Computed in one pass and in constant
// memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/log_histogram.hpp"
#include "base/ticks.hpp"
#include "traffic/request.hpp"

namespace idlewatt {

/// Counts token lengths. Quantiles are within 0.4 % at any range; the mean is exact.
class TokenHistogram {
 public:
  /// Requires tokens >= 0.
  void add(std::int32_t tokens) {
    least_ = count() == 0 ? tokens : std::min(least_, tokens);
    most_ = std::max(most_, tokens);
    histogram_.add(tokens);
    sum_ += tokens;
  }

  std::int64_t count() const { return histogram_.count(); }
  std::int64_t sum() const { return sum_; }
  /// The exact mean; 0 when empty.
  double mean() const { return count() == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count()); }
  /// The quantile as LogHistogram gives it, but never outside the least and the largest value, which are exact (p = 0
  /// and p = 1). 0 when empty.
  double quantile(double p) const;

 private:
  LogHistogram histogram_;
  std::int64_t sum_ = 0;
  std::int32_t least_ = 0;
  std::int32_t most_ = 0;
};

/// Counts how many of many keys had come before. The count is exact up to a million different keys. Beyond that it is
/// the count of a sample of the keys, which halves whenever it grows above a million (adaptive sampling; Flajolet,
/// 1990).
class KeyReuse {
 public:
  void add(std::uint64_t key);
  /// Number of keys added.
  std::int64_t count() const { return count_; }
  /// Share of the added keys that had come before; NaN when no key was added.
  double repeat_rate() const;

 private:
  bool is_sampled(std::uint64_t key) const;

  std::unordered_map<std::uint64_t, std::int64_t> uses_;
  std::int64_t count_ = 0;
  std::int64_t sampled_ = 0;  // uses of the keys in uses_
  unsigned halvings_ = 0;
};

/// Collects the statistics of requests, which must come in order of arrival.
class TrafficStatistics {
 public:
  static constexpr std::size_t kHours = 24;

  void add(const Request& request);

  std::int64_t count() const { return prompt_tokens_.count(); }
  Ticks first_arrival() const { return first_arrival_; }
  Ticks last_arrival() const { return last_arrival_; }
  /// Requests per second over `duration`; NaN when `duration` is 0.
  double mean_rate_rps(Ticks duration) const;
  /// Most arrivals in one second, ten seconds or one minute (aligned to time 0), divided by the mean number in such a
  /// window. NaN where there is no mean, and where `duration` is shorter than the window.
  double peak_to_mean_1s(Ticks duration) const { return peak_to_mean(0, duration); }
  double peak_to_mean_10s(Ticks duration) const { return peak_to_mean(1, duration); }
  double peak_to_mean_1min(Ticks duration) const { return peak_to_mean(2, duration); }
  /// Standard deviation of the time between arrivals, divided by its mean: 1 for a Poisson process. NaN for fewer than
  /// 3 requests.
  double gap_cv() const;
  /// Variance of the arrivals per minute, divided by their mean: 1 for a Poisson process. Counts the whole minutes from
  /// time 0 on, except that of the last arrival. NaN for fewer than 2 minutes.
  double dispersion_1min() const;
  /// Requests per second in each hour of the day, over all days from time 0 to the last arrival; NaN in hours that the
  /// stream did not reach.
  std::array<double, kHours> hour_rates_rps() const;
  const TokenHistogram& prompt_tokens() const { return prompt_tokens_; }
  const TokenHistogram& output_tokens() const { return output_tokens_; }
  /// Keys of the requests that have one.
  const KeyReuse& semantic_keys() const { return semantic_keys_; }
  const KeyReuse& prefix_blocks() const { return prefix_blocks_; }
  /// Tokens in a block of the first request that has blocks; 0 when no request has blocks.
  std::int32_t block_tokens() const { return block_tokens_; }
  /// Number of requests that wait for the ends of others.
  std::int64_t waiting() const { return waiting_; }
  /// Reuse of sessions: a request that is not its session's first counts as a repeat.
  const KeyReuse& sessions() const { return sessions_; }

 private:
  /// Arrivals per window. Only the current window, the fullest window so far, and sums over earlier windows are kept.
  struct Windows {
    Ticks width;
    std::int64_t index = -1;
    std::int64_t count = 0;
    std::int64_t most = 0;
    double sum = 0.0;
    double sum_of_squares = 0.0;
  };

  double peak_to_mean(std::size_t windows, Ticks duration) const;

  std::array<Windows, 3> windows_{{{kTicksPerSecond}, {10 * kTicksPerSecond}, {60 * kTicksPerSecond}}};
  Ticks first_arrival_ = 0;
  Ticks last_arrival_ = 0;
  double gap_mean_s_ = 0.0;
  double gap_squares_ = 0.0;  // sum of squared differences from the mean (Welford, 1962)
  std::array<std::int64_t, kHours> by_hour_{};
  TokenHistogram prompt_tokens_;
  TokenHistogram output_tokens_;
  KeyReuse semantic_keys_;
  KeyReuse prefix_blocks_;
  std::int32_t block_tokens_ = 0;
  std::int64_t waiting_ = 0;
  KeyReuse sessions_;
};

}  // namespace idlewatt
