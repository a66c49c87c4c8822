// The statistics of a run's requests: counts by outcome, latencies, SLO.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/log_histogram.hpp"
#include "ledger/recorder.hpp"
#include "ledger/summary.hpp"
#include "policy/request_view.hpp"

namespace idlewatt {

/// Counts every request once. A request that is rejected, failed or unfinished misses its SLO (SloTicks). A deferrable
/// request is judged by its deadline alone: it meets its SLO when it ends by then, however long it waited. Requests
/// that arrive during the warm-up are counted but not measured.
class RequestStatistics {
 public:
  explicit RequestStatistics(Ticks warm_up) : warm_up_(warm_up) {}

  void arrived(Ticks arrival);
  /// Counts a lookup in the semantic cache, for a request with this `arrival`.
  void looked_up(Ticks arrival) { lookups_ += arrival >= warm_up_ ? 1 : 0; }
  /// Counts the end of a request. `short_of_replicas`: fewer replicas than wanted were ready when it arrived.
  void ended(const RequestRecord& record, const SloTicks& slo, bool short_of_replicas = false);

  std::int64_t arrivals() const { return arrivals_; }
  std::int64_t with(Outcome outcome) const { return all_[outcome]; }
  /// Output tokens of all requests, finished or not, warm-up included.
  std::int64_t output_tokens() const { return output_tokens_; }

  /// Sets the figures of `summary` that concern requests: counts, tokens, discarded energy, latencies, goodput and SLO
  /// shares. Only requests that arrive after the warm-up count. `horizon` is the end of the run. Latency quantiles have
  /// a relative error of at most LogHistogram::kRelativeError.
  void fill(Summary& summary, Ticks horizon) const;
  /// The latencies from which the quantiles are computed, in 16 bins per power of two.
  std::vector<LatencyHistogram> latencies() const;

 private:
  Ticks warm_up_;
  std::int64_t arrivals_ = 0;
  std::int64_t output_tokens_ = 0;
  EnumArray<Outcome, std::int64_t, kOutcomes> all_;

  // After the warm-up.
  std::int64_t measured_arrivals_ = 0;
  std::int64_t lookups_ = 0;
  std::int64_t wrong_hits_ = 0;
  EnumArray<Outcome, std::int64_t, kOutcomes> measured_;
  std::int64_t served_prompt_tokens_ = 0;
  std::int64_t served_output_tokens_ = 0;
  std::int64_t preemptions_ = 0;
  std::int64_t prefix_tokens_ = 0;
  std::int64_t retries_ = 0;
  double discarded_j_ = 0.0;
  std::int64_t within_slo_ = 0;
  std::int64_t missed_while_short_ = 0;
  Ticks worst_gap_ = 0;
  LogHistogram queue_;
  LogHistogram ttft_;
  LogHistogram tpot_;
  LogHistogram gap_;  ///< longest gap of each request
  LogHistogram e2e_;
};

}  // namespace idlewatt
