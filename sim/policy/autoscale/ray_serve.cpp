// Autoscaling `ray-serve`: Ray Serve's autoscaler. Replicas and handles report their requests every metrics interval,
// as a mean over the look-back period; the control loop follows a direction that has held for its delay. Source:
// ray-project/ray, python/ray/serve/autoscaling_policy.py; defaults: ray.serve.config.AutoscalingConfig.
#include <algorithm>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/ray_serve_rule.hpp"
#include "policy/autoscale/window_mean.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

RayServeSettings settings_of(const Parameters& p) {
  const double to_zero = p.get("downscale_to_zero_delay");
  return {.target = p.get("target_ongoing_requests"),
          .upscaling_factor = p.get("upscaling_factor"),
          .downscaling_factor = p.get("downscaling_factor"),
          .upscale_delay = to_ticks(p.get("upscale_delay")),
          .downscale_delay = to_ticks(p.get("downscale_delay")),
          .downscale_to_zero_delay = to_ticks(to_zero > 0.0 ? to_zero : p.get("downscale_delay"))};
}

class RayServe final : public AutoscalePolicy {
 public:
  explicit RayServe(const Parameters& p)
      : metrics_interval_(to_ticks(p.get("metrics_interval"))),
        aggregation_(static_cast<RayAggregation>(p.get_int("aggregation"))),
        rule_(settings_of(p)),
        ongoing_(to_ticks(p.get("look_back_period"))) {}

  AtZero at_zero() const override { return AtZero::activates; }

  AutoscaleDecision decide(const AutoscaleView& view) override {
    ongoing_.add(seen_until_, view.now, view.mean_outstanding);
    seen_until_ = view.now;
    if (view.now >= next_report_) {
      reported_ = aggregation_ == RayAggregation::mean  ? ongoing_.value()
                  : aggregation_ == RayAggregation::max ? ongoing_.largest()
                                                        : ongoing_.smallest();
      next_report_ = view.now + metrics_interval_;
    }
    // Without a replica the handle reports what waits at once.
    const double ongoing = view.ready == 0 ? static_cast<double>(view.outstanding) : reported_;
    const RayServeRule::Outcome outcome =
        rule_.decide(view.now, ongoing, view.ready, view.target, view.minimum, view.maximum);
    // A mean is as good over long intervals as over short ones; the largest and the smallest value are not.
    const Ticks next = aggregation_ == RayAggregation::mean ? next_report_ : std::min(next_report_, view.now + kRecord);
    return {.replicas = outcome.replicas, .wake_at = std::min(next, outcome.look_again)};
  }

 private:
  /// Time between two values that a replica records (RAY_SERVE_REPLICA_AUTOSCALING_METRIC_RECORD_INTERVAL_S).
  static constexpr Ticks kRecord = kTicksPerSecond / 2;

  Ticks metrics_interval_;
  RayAggregation aggregation_;
  RayServeRule rule_;
  WindowMean ongoing_;
  Ticks seen_until_ = 0;
  double reported_ = 0.0;
  Ticks next_report_ = 0;
};

}  // namespace

AutoscaleDeclaration declare_ray_serve() {
  return {{"ray-serve",
           "Ray Serve's autoscaler: requests in flight a replica, followed when a direction has held for its delay",
           {{"target_ongoing_requests", Dimension::number, 2, 1e-3, 1e6, "requests waiting or running a replica"},
            {"upscale_delay", Dimension::time, 30, 0, 86400, "more must be wanted for so long"},
            {"downscale_delay", Dimension::time, 600, 0, 86400, "less must be wanted for so long"},
            {"downscale_to_zero_delay", Dimension::time, 0, 0, 86400,
             "none must be wanted for so long before the last replica goes; 0 = downscale_delay"},
            {"upscaling_factor", Dimension::number, 1, 1e-3, 1e3, "share of the way up to go at once"},
            {"downscaling_factor", Dimension::number, 1, 1e-3, 1e3, "share of the way down to go at once"},
            {"look_back_period", Dimension::time, 30, 0.1, 86400, "window of the mean"},
            {"aggregation",
             Dimension::number,
             0,
             0,
             2,
             "what becomes of the values of the window: their mean, the largest or the smallest (of means of half a "
             "second)",
             {"mean", "max", "min"}},
            {"metrics_interval", Dimension::time, 10, 0.1, 86400, "time between two reports of the mean"}}},
          [](const Parameters& p) { return std::make_unique<RayServe>(p); }};
}

}  // namespace idlewatt
