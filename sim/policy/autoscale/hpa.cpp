// Autoscaling `hpa`: the Kubernetes HorizontalPodAutoscaler, its exact rule and defaults (autoscaler sync period 15 s,
// tolerance 0.1, 300 s stabilisation; kubernetes/kubernetes pkg/controller/podautoscaler).
#include <algorithm>
#include <optional>
#include <vector>

#include "policy/autoscale/autoscale.hpp"
#include "policy/autoscale/hpa_parameters.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"

namespace idlewatt {
namespace {

/// How the parameter `target_type` has it.
enum class TargetType { by_metric, pods, average, value };

HpaMetricSource::Kind kind_of(TargetType type, Metric metric) {
  switch (type) {
    case TargetType::pods:
      return HpaMetricSource::Kind::pods;
    case TargetType::average:
      return HpaMetricSource::Kind::average;
    case TargetType::value:
      return HpaMetricSource::Kind::value;
    case TargetType::by_metric:
      break;
  }
  return metric == Metric::queue ? HpaMetricSource::Kind::average : HpaMetricSource::Kind::pods;
}

class Hpa final : public AutoscalePolicy {
 public:
  explicit Hpa(const Parameters& p)
      : metric_(static_cast<Metric>(p.get_int("metric"))),
        kind_(kind_of(static_cast<TargetType>(p.get_int("target_type")), metric_)),
        target_(p.get("target")),
        sources_(scaling_setup(p).metrics),
        tolerance_(hpa_tolerance(p)),
        sync_period_(to_ticks(p.get("sync_period"))),
        scale_to_zero_(p.get_int("scale_to_zero") != 0),
        loop_(make_hpa_loop(p)) {
    for (const HpaMetricSource& source : sources_) {
      history_.expect(source.signal);
    }
  }

  /// What scales from zero by a metric watches a queue that exists without replicas.
  AtZero at_zero() const override { return scale_to_zero_ ? AtZero::holds : AtZero::rejects; }

  AutoscaleDecision decide(const AutoscaleView& view) override {
    history_.look(view);
    const Ticks next = view.now + sync_period_;
    const std::int32_t minimum = scale_to_zero_ ? view.minimum : std::max(view.minimum, 1);
    if (view.target == 0 && minimum > 0) {
      return {.replicas = 0, .wake_at = next};  // scaled to zero by hand: an HPA is then disabled
    }
    return {.replicas = loop_.sync(view.now, view.target, wanted(view), minimum, view.maximum), .wake_at = next};
  }

 private:
  std::optional<std::int32_t> wanted(const AutoscaleView& view) const {
    std::vector<std::optional<std::int32_t>> proposals;
    if (sources_.empty()) {
      const MetricInfo& info = metric_info(metric_);
      const double value = kind_ == HpaMetricSource::Kind::pods ? info.over_ready(view) : info.over_pool(view);
      proposals.push_back(propose(view, kind_, to_milli(value), to_milli(target_)));
    }
    for (const HpaMetricSource& source : sources_) {
      const SignalValue value = history_.evaluate(source.signal, view);
      // What waits for a replica is at no pod, so that no pod reports it; a rate of the whole pool is shared by all.
      const bool pods_alone =
          source.kind == HpaMetricSource::Kind::pods && metric_info(source.signal.metric).of_replica != nullptr;
      std::int64_t total = to_milli(value.scalar);
      for (const Series& series : value.series) {
        total += pods_alone && !series.replica ? 0 : to_milli(series.value);
      }
      proposals.push_back(propose(view, source.kind, total, to_milli(source.target)));
    }
    return hpa_largest(proposals, view.target);
  }

  std::optional<std::int32_t> propose(const AutoscaleView& view, HpaMetricSource::Kind kind, std::int64_t total,
                                      std::int64_t target) const {
    if (kind == HpaMetricSource::Kind::average) {
      return hpa_average_metric(total, target, tolerance_, view.target).replicas;
    }
    if (kind == HpaMetricSource::Kind::value) {
      return hpa_value_metric(total, target, tolerance_, view.target, view.ready).replicas;
    }
    const HpaPods pods{
        .sum_milli = total, .reporting = view.ready, .missing = view.unready - view.pending, .unready = view.pending};
    const std::optional<HpaProposal> proposal = hpa_pods_metric(pods, target, tolerance_, view.target);
    return proposal ? std::optional(proposal->replicas) : std::nullopt;
  }

  Metric metric_;
  HpaMetricSource::Kind kind_;
  double target_;
  std::vector<HpaMetricSource> sources_;  ///< empty: metric_ alone
  HpaTolerance tolerance_;
  Ticks sync_period_;
  bool scale_to_zero_;
  HpaLoop loop_;
  SignalHistory history_;
};

}  // namespace

AutoscaleDeclaration declare_hpa() {
  PolicyInfo info{
      "hpa",
      "the Kubernetes HorizontalPodAutoscaler: replicas in proportion to a metric",
      {hpa_metric_parameter(),
       {"target", Dimension::number, 16, 1e-3, 1e9, "value of the metric a replica to aim at"},
       {"target_type",
        Dimension::number,
        0,
        0,
        3,
        "pods: mean of the replicas that report; average: total, divided by all replicas; value: total, not "
        "divided; by-metric: average for queue, pods for all else",
        {"by-metric", "pods", "average", "value"}},
       {"scale_to_zero",
        Dimension::number,
        0,
        0,
        1,
        "whether `replicas.min: 0` holds (feature gate HPAScaleToZero); no: at least one replica",
        {"no", "yes"}}}};
  for (ParameterSpec& spec : hpa_loop_parameters()) {
    info.parameters.push_back(std::move(spec));
  }
  return {std::move(info), [](const Parameters& p) { return std::make_unique<Hpa>(p); }};
}

}  // namespace idlewatt
