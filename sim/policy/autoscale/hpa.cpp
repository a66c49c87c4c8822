// Autoscaling `hpa`: the Kubernetes HorizontalPodAutoscaler, its exact rule and defaults (autoscaler sync period 15 s,
// tolerance 0.1, 300 s stabilisation downwards; kubernetes/kubernetes pkg/controller/podautoscaler).
#include <algorithm>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_parameters.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

class Hpa final : public AutoscalePolicy {
 public:
  explicit Hpa(const Parameters& p)
      : metric_(static_cast<HpaMetric>(p.get_int("metric"))),
        target_(p.get("target")),
        tolerance_(p.get("tolerance")),
        sync_period_(to_ticks(p.get("sync_period"))),
        normalizer_(make_hpa_normalizer(p)) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const Ticks next = view.now + sync_period_;
    if (view.target == 0) {
      return {.replicas = 0, .wake_at = next};  // scaled to zero by hand: an HPA is then disabled
    }
    // minReplicas is at least 1 (but for an alpha feature): at none, pods would have no metric to come back by.
    const std::int32_t minimum = std::max(view.minimum, 1);
    return {.replicas = normalizer_.normalize(view.now, view.target, wanted(view), minimum, view.maximum),
            .wake_at = next};
  }

 private:
  std::int32_t wanted(const AutoscaleView& view) const {
    const auto per_pod = [&](double sum) {
      return hpa_for_pod_metric({.sum = sum, .ready = view.ready, .unready = view.unready}, target_, tolerance_,
                                view.target);
    };
    switch (metric_) {
      case HpaMetric::ongoing:
        return per_pod(static_cast<double>(view.ongoing));
      case HpaMetric::utilisation:
        return per_pod(view.busy_replicas);
      case HpaMetric::tokens:
        return per_pod(view.output_tokens_per_s);
      case HpaMetric::running:
        return per_pod(static_cast<double>(view.running));
      case HpaMetric::rate:
        return per_pod(view.arrivals_per_s);
      case HpaMetric::queue:
        break;
    }
    return hpa_for_total(static_cast<double>(view.queued), target_, tolerance_, view.target);
  }

  HpaMetric metric_;
  double target_;
  double tolerance_;
  Ticks sync_period_;
  HpaNormalizer normalizer_;
};

}  // namespace

AutoscaleDeclaration declare_hpa() {
  PolicyInfo info{"hpa",
                  "the Kubernetes HorizontalPodAutoscaler: replicas in proportion to a metric",
                  {hpa_metric_parameter(),
                   {"target", Dimension::number, 16, 1e-6, 1e9, "value of the metric a replica to aim at"}}};
  for (ParameterSpec& spec : hpa_loop_parameters()) {
    info.parameters.push_back(std::move(spec));
  }
  return {std::move(info), [](const Parameters& p) { return std::make_unique<Hpa>(p); }};
}

}  // namespace idlewatt
