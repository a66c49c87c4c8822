// Autoscaling `predictive`: has replicas ready when they are due, by a forecast of the demand a cold start ahead. The
// forecast is double seasonal Holt-Winters (policy/autoscale/holt_winters.hpp); it plans for the highest value up to
// the cold start's end, with a margin, and never for less than the last interval took. Its weights are assumptions.
#include <algorithm>
#include <cmath>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/holt_winters.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kDay = 86400 * kTicksPerSecond;

enum class Demand { ongoing, rate };

class Predictive final : public AutoscalePolicy {
 public:
  explicit Predictive(const Parameters& p)
      : demand_(static_cast<Demand>(p.get_int("metric"))),
        target_(p.get("target")),
        margin_(p.get("margin")),
        interval_(kDay / intervals_a_day(p)),
        forecast_({.level = p.get("level"), .trend = p.get("trend"), .day = p.get("daily"), .week = p.get("weekly")},
                  intervals_a_day(p), 7 * intervals_a_day(p)) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const Ticks next = view.now + interval_;
    if (view.now == 0) {
      return {.replicas = view.target, .wake_at = next};  // nothing has been seen
    }
    const double last = demand_ == Demand::rate ? view.arrivals_per_s : view.mean_outstanding;
    forecast_.add(last);
    // Who starts now is ready in a cold start's time; who starts at the next decision, an interval later.
    const Ticks horizon = std::min(view.cold_start, kDay - interval_) + interval_;
    double most = 0.0;
    for (std::int64_t step = 1; (step - 1) * interval_ < horizon; ++step) {
      most = std::max(most, forecast_.forecast(step));
    }
    const double demand = std::max(last, most * (1.0 + margin_));
    const double replicas = std::min<double>(std::ceil(demand / target_), view.maximum);
    return {.replicas = static_cast<std::int32_t>(replicas), .wake_at = next};
  }

 private:
  static std::int64_t intervals_a_day(const Parameters& p) { return p.get_int("intervals_per_day"); }

  Demand demand_;
  double target_;
  double margin_;
  Ticks interval_;
  HoltWinters forecast_;
};

}  // namespace

AutoscaleDeclaration declare_predictive() {
  return {{"predictive",
           "Holt-Winters: forecasts the demand a cold start ahead from daily and weekly seasons",
           {{"metric",
             Dimension::number,
             0,
             0,
             1,
             "of a replica, ongoing: requests waiting or running, mean; rate: requests that come, /s",
             {"ongoing", "rate"}},
            {"target", Dimension::number, 16, 1e-6, 1e9, "value of the metric a replica to plan for"},
            {"margin", Dimension::share, 0.2, 0, 10, "safety margin on top of the forecast"},
            {"intervals_per_day", Dimension::count, 288, 1, 86400, "decisions and values a day; 288: every 5 min"},
            {"level", Dimension::share, 0.2, 0, 1, "weight of the newest value in the level"},
            {"trend", Dimension::share, 0, 0, 1, "the same in the trend; 0: none is assumed"},
            {"daily", Dimension::share, 0.2, 0, 1, "the same in the season of the day"},
            {"weekly", Dimension::share, 0.2, 0, 1, "the same in the season of the week"}}},
          [](const Parameters& p) { return std::make_unique<Predictive>(p); }};
}

}  // namespace idlewatt
