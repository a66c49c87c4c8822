// Autoscaling `slo-target`: the fewest replicas whose latencies should stay within their limits, a cold start ahead.
//
// Demand is the number of requests in the pool. It is forecast to the end of a cold start by Holt's linear trend. A pool
// that loses nothing to waiting is an M/G/infinity queue: the number of requests in it is Poisson distributed, whatever
// the lengths of the answers, so its 99th percentile is about a + 2.33 sqrt(a) around a mean of a.
//
// How many requests a replica can hold within the limits is not known beforehand. It begins as `target` and is corrected
// by what is observed: the 99th percentiles of TTFT and TPOT over `window`. Requests that waited for a replica to start
// say nothing of how full replicas may be, so a window in which replicas were missing corrects nothing. The steps of the
// correction, the weights of the trend and the bounds are choices of this policy, not measurements.
#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/bucket_quantile.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

constexpr double kQuantile = 0.99;
constexpr double kNormal99 = 2.326;       // of the standard normal distribution
constexpr std::int64_t kFewAnswers = 50;  // fewer say nothing of a 99th percentile
constexpr double kLevelWeight = 0.3;
constexpr double kTrendWeight = 0.1;
constexpr double kRoomLeft = 0.7;  // of a limit: below it replicas may hold more
constexpr double kMore = 1.1;
constexpr double kLess = 0.8;

/// What was answered between two looks at counters.
LatencyCounts since(const LatencyCounts& before, const LatencyCounts& now) {
  LatencyCounts counts;
  for (std::size_t i = 0; i < counts.in_bucket.size(); ++i) {
    counts.in_bucket[i] = now.in_bucket[i] - before.in_bucket[i];
  }
  counts.count = now.count - before.count;
  return counts;
}

double quantile_s(const LatencyCounts& counts) {
  std::vector<double> cumulative;
  for (const std::int64_t in_bucket : counts.in_bucket) {
    cumulative.push_back((cumulative.empty() ? 0.0 : cumulative.back()) + static_cast<double>(in_bucket));
  }
  return bucket_quantile(kQuantile, cumulative);
}

class SloTarget final : public AutoscalePolicy {
 public:
  explicit SloTarget(const Parameters& p)
      : ttft_s_(p.get("ttft")),
        tpot_s_(p.get("tpot")),
        interval_(to_ticks(p.get("interval"))),
        window_(to_ticks(p.get("window"))),
        patience_(to_ticks(p.get("down_window"))),
        held_(p.get("target")) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    follow(view.mean_outstanding > 0.0 || view.now > 0 ? view.mean_outstanding : static_cast<double>(view.outstanding));
    correct(view);
    const auto now = static_cast<double>(view.outstanding);
    const double steps = to_seconds(view.cold_start + interval_) / to_seconds(interval_);
    const double ahead = std::max({level_ + trend_ * steps, now, 0.0});
    const double most = ahead + kNormal99 * std::sqrt(ahead);
    const auto wanted =
        static_cast<std::int32_t>(std::min<double>(std::ceil(most / held_), static_cast<double>(view.maximum)));
    // Down only when nothing in the window wanted more.
    recent_.push_back({view.now, wanted});
    while (recent_.front().at + patience_ < view.now) {
      recent_.pop_front();
    }
    std::int32_t replicas = 0;
    for (const Wanted& one : recent_) {
      replicas = std::max(replicas, one.replicas);
    }
    return {.replicas = view.now == 0 ? view.target : replicas, .wake_at = view.now + interval_};
  }

 private:
  struct Wanted {
    Ticks at = 0;
    std::int32_t replicas = 0;
  };

  /// Holt's linear trend, per interval.
  void follow(double demand) {
    if (!seen_) {
      level_ = demand;
      seen_ = true;
      return;
    }
    const double before = level_;
    level_ = kLevelWeight * demand + (1.0 - kLevelWeight) * (level_ + trend_);
    trend_ = kTrendWeight * (level_ - before) + (1.0 - kTrendWeight) * trend_;
  }

  /// At the end of each window: more or fewer requests for a replica.
  void correct(const AutoscaleView& view) {
    short_ = short_ || view.ready < view.target || view.unrouted > 0;
    if (view.counters == nullptr || view.now < window_start_ + window_) {
      return;
    }
    const LatencyCounts ttft = since(ttft_before_, view.counters->ttft);
    const LatencyCounts tpot = since(tpot_before_, view.counters->tpot);
    if (!short_ && ttft.count >= kFewAnswers) {
      const double use =
          std::max(quantile_s(ttft) / ttft_s_, tpot.count >= kFewAnswers ? quantile_s(tpot) / tpot_s_ : 0.0);
      held_ *= use > 1.0 ? kLess : use < kRoomLeft ? kMore : 1.0;
      held_ = std::clamp(held_, 1.0, 4096.0);
    }
    ttft_before_ = view.counters->ttft;
    tpot_before_ = view.counters->tpot;
    window_start_ = view.now;
    short_ = false;
  }

  double ttft_s_;
  double tpot_s_;
  Ticks interval_;
  Ticks window_;
  Ticks patience_;
  double held_;  ///< requests that a replica holds within the limits
  bool seen_ = false;
  double level_ = 0.0;
  double trend_ = 0.0;
  Ticks window_start_ = 0;
  bool short_ = false;  ///< replicas were missing in this window
  LatencyCounts ttft_before_;
  LatencyCounts tpot_before_;
  std::deque<Wanted> recent_;
};

}  // namespace

AutoscaleDeclaration declare_slo_target() {
  return {{"slo-target",
           "the fewest replicas whose 99th percentiles should meet the limits: a queueing estimate a cold start ahead, "
           "corrected by what was observed",
           {{"ttft", Dimension::time, 1, 1e-3, 1e5, "limit of the time to first token"},
            {"tpot", Dimension::time, 0.1, 1e-4, 1e5, "limit of the time per output token"},
            {"target", Dimension::number, 8, 1, 4096, "requests that a replica holds, to begin with"},
            {"interval", Dimension::time, 15, 1, 86400, "between decisions"},
            {"window", Dimension::time, 120, 1, 86400, "over which latencies are observed"},
            {"down_window", Dimension::time, 300, 0, 86400, "replicas go when nothing wanted them for so long"}}},
          [](const Parameters& p) { return std::make_unique<SloTarget>(p); }};
}

}  // namespace idlewatt
