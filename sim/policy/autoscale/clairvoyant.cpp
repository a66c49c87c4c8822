// Autoscaling `clairvoyant`: knows the trace, and has replicas ready when their work arrives. No controller can do
// that: it is a heuristic for how good one could be, not a bound.
#include <algorithm>
#include <cmath>

#include "policy/autoscale/autoscale.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Clairvoyant final : public AutoscalePolicy {
 public:
  explicit Clairvoyant(const Parameters& p)
      : utilisation_(p.get("utilisation")),
        interval_(to_ticks(p.get("interval"))),
        window_(to_ticks(p.get("window"))),
        keep_(to_ticks(p.get("keep"))) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    // Whoever is needed within a cold start from now must start now; whoever is needed again soon is not worth
    // stopping.
    const Ticks ahead = view.cold_start + interval_;
    const std::int32_t soon = most_replicas(view, view.now, view.now + ahead);
    const std::int32_t needed = std::max(soon, view.minimum);
    // Only those beyond what is needed anyway can be kept, and only those that there are.
    const std::int32_t there = std::min(view.target, view.maximum);
    const std::int32_t kept =
        there > needed ? kept_for_later(view, view.now + ahead, view.now + ahead + keep_, there) : needed;
    return {.replicas = std::max(needed, kept), .wake_at = view.now + interval_};
  }

 private:
  /// The replicas that a window keeps at work; never above the maximum.
  std::int32_t replicas_in(const AutoscaleView& view, Ticks begin) const {
    const double work_s = view.forecast->replica_seconds(begin, begin + window_);
    return static_cast<std::int32_t>(
        std::min<double>(std::ceil(work_s / to_seconds(window_) / utilisation_), view.maximum));
  }

  /// The most replicas that any window in [from, to) keeps at work.
  std::int32_t most_replicas(const AutoscaleView& view, Ticks from, Ticks to) const {
    std::int32_t most = 0;
    for (Ticks begin = from; begin < to; begin += window_) {
      most = std::max(most, replicas_in(view, begin));
    }
    return most;
  }

  /// The same, but at most `wanted`: the first window that keeps so many at work ends the search. The next decision
  /// looks at that window first, so that a window is not looked at by every decision before it, which would cost keep
  /// over window for each.
  std::int32_t kept_for_later(const AutoscaleView& view, Ticks from, Ticks to, std::int32_t wanted) {
    if (found_ >= from) {
      const Ticks near = from + (found_ - from) / window_ * window_;
      for (const Ticks begin : {near, near + window_, near - window_}) {
        if (begin >= from && begin < to && replicas_in(view, begin) >= wanted) {
          found_ = begin;
          return wanted;
        }
      }
    }
    std::int32_t most = 0;
    for (Ticks begin = from; begin < to; begin += window_) {
      const std::int32_t replicas = replicas_in(view, begin);
      if (replicas > most) {
        most = replicas;
        found_ = begin;
      }
      if (most >= wanted) {
        return wanted;
      }
    }
    return most;
  }

  double utilisation_;
  Ticks interval_;
  Ticks window_;
  Ticks keep_;
  Ticks found_ = -1;  ///< where the window begins that kept the most at work when the last search ended
};

}  // namespace

AutoscaleDeclaration declare_clairvoyant() {
  return {{"clairvoyant",
           "knows the trace: starts replicas a cold start before their work arrives",
           {{"utilisation", Dimension::share, 0.7, 0.01, 1, "share of a replica's full-batch throughput to plan for"},
            {"interval", Dimension::time, 15, 1, 3600, "time between two decisions"},
            {"window", Dimension::time, 15, 1, 3600, "arrivals are looked at in windows of this length"},
            {"keep", Dimension::time, 300, 0, 86400, "a replica needed again within this time is not stopped"}},
           true},
          [](const Parameters& p) { return std::make_unique<Clairvoyant>(p); }};
}

}  // namespace idlewatt
