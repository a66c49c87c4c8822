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
    const std::int32_t later = most_replicas(view, view.now + ahead, view.now + ahead + keep_);
    const std::int32_t kept = std::min(view.target, later);
    return {.replicas = std::max({soon, kept, view.minimum}), .wake_at = view.now + interval_};
  }

 private:
  /// The most replicas that any window in [from, to) keeps at work; never above the maximum.
  std::int32_t most_replicas(const AutoscaleView& view, Ticks from, Ticks to) const {
    double most = 0.0;
    for (Ticks begin = from; begin < to; begin += window_) {
      const double work_s = view.forecast->replica_seconds(begin, begin + window_);
      most = std::max(most, work_s / to_seconds(window_) / utilisation_);
    }
    return static_cast<std::int32_t>(std::min<double>(std::ceil(most), view.maximum));
  }

  double utilisation_;
  Ticks interval_;
  Ticks window_;
  Ticks keep_;
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
