// Autoscaling `keda`: event-driven autoscaling. KEDA itself decides between none and some, every polling interval: some
// as soon as the metric exceeds the activation threshold, none after a cooldown without that. In between the Kubernetes
// HorizontalPodAutoscaler scales, in its own loop, with the same metric as an average a pod. Source: keda.sh,
// ScaledObject specification (polling interval 30 s, cooldown 300 s), and kedacore/keda,
// pkg/scaling/executor/scale_scaledobjects.go (from memory): after the cooldown it goes to none from however many the
// HorizontalPodAutoscaler left.
#include <algorithm>
#include <optional>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_parameters.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Keda final : public AutoscalePolicy {
 public:
  explicit Keda(const Parameters& p)
      : metric_(static_cast<HpaMetric>(p.get_int("metric"))),
        target_(p.get("target")),
        activation_threshold_(p.get("activation_threshold")),
        polling_interval_(to_ticks(p.get("polling_interval"))),
        cooldown_(to_ticks(p.get("cooldown"))),
        none_before_(to_ticks(p.get("initial_cooldown"))),
        active_min_(p.get_int("active_min")),
        tolerance_(p.get("tolerance")),
        sync_period_(to_ticks(p.get("sync_period"))),
        normalizer_(make_hpa_normalizer(p)) {}

  /// What scales from zero by a metric watches a queue that exists without replicas.
  AtZero at_zero() const override { return AtZero::holds; }

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const std::int32_t minimum = std::clamp(active_min_, std::max(view.minimum, 1), view.maximum);
    const double total = total_of(view);
    std::int32_t replicas = view.target;
    if (view.now >= next_poll_) {
      next_poll_ = view.now + polling_interval_;
      replicas = poll(view, total, minimum);
    }
    if (view.now >= next_sync_) {
      next_sync_ = view.now + sync_period_;
      if (replicas > 0) {  // at none the HorizontalPodAutoscaler is disabled
        const std::int32_t wanted = hpa_for_total(total, target_, tolerance_, replicas);
        replicas = normalizer_.normalize(view.now, replicas, wanted, minimum, view.maximum);
      }
    }
    return {.replicas = replicas, .wake_at = std::min(next_poll_, next_sync_)};
  }

 private:
  std::int32_t poll(const AutoscaleView& view, double total, std::int32_t minimum) {
    if (total > activation_threshold_) {
      none_before_ = view.now + cooldown_;
      return std::max(view.target, minimum);
    }
    return view.minimum == 0 && view.now >= none_before_ ? 0 : view.target;
  }

  /// Over the whole pool, what waits for a replica included: none need be ready for it to be seen.
  double total_of(const AutoscaleView& view) const {
    switch (metric_) {
      case HpaMetric::ongoing:
        return static_cast<double>(view.outstanding);
      case HpaMetric::utilisation:
        return view.busy_replicas;
      case HpaMetric::tokens:
        return view.output_tokens_per_s;
      case HpaMetric::running:
        return static_cast<double>(view.running);
      case HpaMetric::rate:
        return view.arrivals_per_s;
      case HpaMetric::queue:
        break;
    }
    return static_cast<double>(view.queued);
  }

  HpaMetric metric_;
  double target_;
  double activation_threshold_;
  Ticks polling_interval_;
  Ticks cooldown_;
  Ticks none_before_;  ///< not scaled to none before this
  std::int32_t active_min_;
  double tolerance_;
  Ticks sync_period_;
  HpaNormalizer normalizer_;
  Ticks next_poll_ = 0;
  Ticks next_sync_ = 0;
};

}  // namespace

AutoscaleDeclaration declare_keda() {
  PolicyInfo info{
      "keda",
      "KEDA: none to some by an activation threshold and a cooldown, from there on the HorizontalPodAutoscaler",
      {hpa_metric_parameter(),
       {"target", Dimension::number, 16, 1e-6, 1e9,
        "value of the metric a replica to aim at; `threshold` of a trigger"},
       {"activation_threshold", Dimension::number, 0, 0, 1e9,
        "active while the metric of the whole pool is above this"},
       {"polling_interval", Dimension::time, 30, 1, 86400, "time between two looks at whether there is anything to do"},
       {"cooldown", Dimension::time, 300, 0, 86400, "time since it was last found active until it goes to none"},
       {"initial_cooldown", Dimension::time, 0, 0, 86400, "time from the start until it may first go to none"},
       {"active_min", Dimension::count, 1, 1, 1e6,
        "at least so many replicas while active, `replicas.min` (none, say) while not"}}};
  for (ParameterSpec& spec : hpa_loop_parameters()) {
    info.parameters.push_back(std::move(spec));
  }
  return {std::move(info), [](const Parameters& p) { return std::make_unique<Keda>(p); }};
}

}  // namespace idlewatt
