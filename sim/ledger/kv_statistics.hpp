// Statistics of the KV caches that disaggregated serving moved.
#pragma once

#include <cstdint>

#include "base/log_histogram.hpp"
#include "base/ticks.hpp"
#include "ledger/summary.hpp"

namespace idlewatt {

/// The transfers of requests that arrived after the warm-up.
class KvStatistics {
 public:
  explicit KvStatistics(Ticks warm_up) : warm_up_(warm_up) {}

  /// Counts `bytes` of the KV cache of a request with this `arrival`, which have been sent.
  void sent(Ticks arrival, double bytes) { bytes_ += arrival >= warm_up_ ? bytes : 0.0; }
  /// Counts a complete transfer. `after` is the time from the request's first token to the arrival of all its KV cache.
  void arrived(Ticks arrival, Ticks after) {
    if (arrival >= warm_up_) {
      after_.add(after);
      sum_s_ += to_seconds(after);
      ++transfers_;
    }
  }

  void fill(Summary& summary) const {
    constexpr double kGigabyte = 1e9;
    summary.kv_transfers = static_cast<double>(transfers_);
    summary.kv_sent_gb = bytes_ / kGigabyte;
    if (transfers_ > 0) {
      summary.kv_transfer_mean_s = sum_s_ / static_cast<double>(transfers_);
      summary.kv_transfer_p99_s = after_.quantile(0.99) / static_cast<double>(kTicksPerSecond);
    }
  }

 private:
  Ticks warm_up_;
  std::int64_t transfers_ = 0;
  double bytes_ = 0.0;
  double sum_s_ = 0.0;
  LogHistogram after_;
};

}  // namespace idlewatt
