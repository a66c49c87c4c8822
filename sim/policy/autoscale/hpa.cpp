// Autoscaling `hpa`: the Kubernetes HorizontalPodAutoscaler, its exact rule and defaults (autoscaler sync period 15 s,
// tolerance 0.1, 300 s stabilisation downwards; kubernetes/kubernetes pkg/controller/podautoscaler).
#include <algorithm>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

enum class Metric { ongoing, queue, utilisation, tokens };

class Hpa final : public AutoscalePolicy {
 public:
  explicit Hpa(const Parameters& p)
      : metric_(static_cast<Metric>(p.get_int("metric"))),
        target_(p.get("target")),
        tolerance_(p.get("tolerance")),
        sync_period_(to_ticks(p.get("sync_period"))),
        normalizer_({.stabilization = to_ticks(p.get("up_stabilization")),
                     .pods = p.get_int("up_pods"),
                     .percent = p.get("up_percent"),
                     .period = to_ticks(p.get("up_period"))},
                    {.stabilization = to_ticks(p.get("down_stabilization")),
                     .pods = p.get_int("down_pods"),
                     .percent = p.get("down_percent"),
                     .period = to_ticks(p.get("down_period"))}) {}

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
      case Metric::ongoing:
        return per_pod(static_cast<double>(view.ongoing));
      case Metric::utilisation:
        return per_pod(view.busy_replicas);
      case Metric::tokens:
        return per_pod(view.output_tokens_per_s);
      case Metric::queue:
        break;
    }
    return hpa_for_total(static_cast<double>(view.queued), target_, tolerance_, view.target);
  }

  Metric metric_;
  double target_;
  double tolerance_;
  Ticks sync_period_;
  HpaNormalizer normalizer_;
};

}  // namespace

AutoscaleDeclaration declare_hpa() {
  return {
      {"hpa",
       "the Kubernetes HorizontalPodAutoscaler: replicas in proportion to a metric",
       {{"metric",
         Dimension::number,
         0,
         0,
         3,
         "ongoing: queries waiting or running a replica; queue: queries in no batch, a replica; utilisation: share "
         "of time in batch steps; tokens: output tokens/s a replica",
         {"ongoing", "queue", "utilisation", "tokens"}},
        {"target", Dimension::number, 16, 1e-6, 1e9, "value of the metric a replica to aim at"},
        {"tolerance", Dimension::number, 0.1, 0, 10, "no change while the metric is within this share of the target"},
        {"sync_period", Dimension::time, 15, 0.1, 86400, "time between two decisions"},
        {"up_stabilization", Dimension::time, 0, 0, 3600, "scale up to the lowest recommendation of this window"},
        {"up_pods", Dimension::count, 4, 0, 1e6, "at most so many replicas more per up_period; 0 = no such limit"},
        {"up_percent", Dimension::number, 100, 0, 1e6,
         "at most so many percent more per up_period, if that is more; 0 = no such limit"},
        {"up_period", Dimension::time, 15, 1, 1800, "period of the two limits above"},
        {"down_stabilization", Dimension::time, 300, 0, 3600,
         "scale down to the highest recommendation of this window"},
        {"down_pods", Dimension::count, 0, 0, 1e6, "at most so many replicas less per down_period; 0 = no such limit"},
        {"down_percent", Dimension::number, 100, 0, 100,
         "at most so many percent less per down_period, if that is more; 0 = no such limit"},
        {"down_period", Dimension::time, 15, 1, 1800, "period of the two limits above"}}},
      [](const Parameters& p) { return std::make_unique<Hpa>(p); }};
}

}  // namespace idlewatt
