// Autoscaling `knative-kpa`: Knative's pod autoscaler. It looks every 2 s at the requests in flight, the ones that the
// activator holds included, over a long and a short window, and panics when the short one says that far too few pods
// are ready. Source: knative/serving, pkg/autoscaler/scaling/autoscaler.go; defaults:
// config/core/configmaps/autoscaler.yaml.
#include <algorithm>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/kpa_rule.hpp"
#include "policy/autoscale/window_mean.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

enum class KpaMetric { concurrency, rps };

KpaSettings settings_of(const Parameters& p) {
  constexpr double kLeastTarget = 0.01;  // autoscaling.TargetMin
  return {.target = std::max(kLeastTarget, p.get("target") * p.get("target_utilization_percentage") / 100.0),
          .panic_threshold = p.get("panic_threshold_percentage") / 100.0,
          .max_scale_up_rate = p.get("max_scale_up_rate"),
          .max_scale_down_rate = p.get("max_scale_down_rate"),
          .stable_window = to_ticks(p.get("stable_window")),
          .activation_scale = p.get_int("activation_scale"),
          .scale_down_delay = to_ticks(p.get("scale_down_delay"))};
}

class KnativeKpa final : public AutoscalePolicy {
 public:
  explicit KnativeKpa(const Parameters& p)
      : metric_(static_cast<KpaMetric>(p.get_int("metric"))),
        tick_(to_ticks(p.get("tick"))),
        initial_scale_(p.get_int("initial_scale")),
        activation_scale_(p.get_int("activation_scale")),
        total_a_pod_(p.get("target")),
        burst_capacity_(p.get("target_burst_capacity")),
        rule_(settings_of(p)),
        last_pod_(to_ticks(p.get("stable_window")), to_ticks(p.get("scale_to_zero_grace")),
                  to_ticks(p.get("scale_to_zero_pod_retention"))),
        stable_(to_ticks(p.get("stable_window"))),
        panic_(to_ticks(p.get("stable_window") * p.get("panic_window_percentage") / 100.0)) {}

  AtZero at_zero() const override { return AtZero::activates; }

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const double observed = metric_ == KpaMetric::rps ? view.arrivals_per_s : view.mean_outstanding;
    stable_.add(seen_until_, view.now, observed);
    panic_.add(seen_until_, view.now, observed);
    seen_until_ = view.now;
    const KpaObservation seen{.ready = view.ready, .stable = stable_.value(), .panic = panic_.value()};
    std::int32_t pods = rule_.wanted(view.now, seen);
    if (pods == 0 && view.outstanding > 0) {
      pods = activation_scale_;  // a request has just come to the activator: in no window's mean yet
    }
    pods = std::max(pods, view.minimum);
    const bool burst = kpa_excess_burst(total_a_pod_, burst_capacity_, seen) < 0.0;
    pods = last_pod_.kept(view.now, view.target, view.ready, pods, burst);
    initialised_ = initialised_ || view.ready >= initial_scale_;
    return {.replicas = initialised_ ? pods : std::max(pods, initial_scale_), .wake_at = view.now + tick_};
  }

 private:
  KpaMetric metric_;
  Ticks tick_;
  std::int32_t initial_scale_;
  std::int32_t activation_scale_;
  bool initialised_ = false;  ///< the initial scale was reached once
  double total_a_pod_;
  double burst_capacity_;
  KpaRule rule_;
  KpaLastPod last_pod_;
  WindowMean stable_;
  WindowMean panic_;
  Ticks seen_until_ = 0;
};

}  // namespace

AutoscaleDeclaration declare_knative_kpa() {
  return {{"knative-kpa",
           "Knative's pod autoscaler: requests in flight over a stable window, and panic over a short one",
           {{"metric",
             Dimension::number,
             0,
             0,
             1,
             "concurrency: requests waiting or running, of the whole pool; rps: requests that come per second",
             {"concurrency", "rps"}},
            {"target", Dimension::number, 100, 0.01, 1e6, "of the metric a replica: its container concurrency"},
            {"target_utilization_percentage", Dimension::number, 70, 1, 100, "aim at this part of the target"},
            {"stable_window", Dimension::time, 60, 6, 3600, "window of the mean that decides when all is calm"},
            {"panic_window_percentage", Dimension::number, 10, 1, 100, "window of panic, as a part of the stable one"},
            {"panic_threshold_percentage", Dimension::number, 200, 110, 1000,
             "panics when the short window wants this part of the ready replicas, and until a stable window after"},
            {"max_scale_up_rate", Dimension::number, 1000, 1.01, 1e6, "at most so many times the ready replicas"},
            {"max_scale_down_rate", Dimension::number, 2, 1.01, 1e6, "at least the ready replicas divided by this"},
            {"target_burst_capacity", Dimension::number, 211, -1, 1e6,
             "while the ready replicas could not take so many requests more, the activator stays in the path; 0: "
             "never, -1: "
             "always"},
            {"scale_to_zero_grace", Dimension::time, 30, 0, 3600,
             "the last replica goes no sooner than so long after the activator is in the path, which it is at the "
             "latest from "
             "when none is wanted"},
            {"scale_to_zero_pod_retention", Dimension::time, 0, 0, 86400,
             "the last replica stays so long after none is wanted"},
            {"scale_down_delay", Dimension::time, 0, 0, 3600, "the most that was wanted in this time stays"},
            {"activation_scale", Dimension::count, 1, 1, 1e6, "at least so many replicas, if any"},
            {"initial_scale", Dimension::count, 1, 0, 1e6, "never less until so many were ready once"},
            {"tick", Dimension::time, 2, 0.1, 3600, "time between two decisions"}}},
          [](const Parameters& p) { return std::make_unique<KnativeKpa>(p); }};
}

}  // namespace idlewatt
