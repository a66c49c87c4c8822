// The arithmetic of the Kubernetes HorizontalPodAutoscaler, apart from any policy, so that a sequence computed by hand
// can be held against it. Source: kubernetes/kubernetes, pkg/controller/podautoscaler, replica_calculator.go and
// horizontal.go (autoscaling/v2).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

/// A per-pod metric over a deployment.
struct HpaPodMetric {
  double sum = 0.0;  ///< over ready pods
  std::int32_t ready = 0;
  std::int32_t unready = 0;  ///< exist and are not ready: they count as 0 when scaling up
};

/// Desired pods for a metric averaged over pods (calcPlainMetricReplicas): ceil(usage ratio x pods); `current` within
/// the tolerance, and whenever counting the unready pods as idle would turn the direction.
std::int32_t hpa_for_pod_metric(const HpaPodMetric& metric, double target, double tolerance, std::int32_t current);

/// Desired pods for a total (a queue's length) with an average value a pod (GetExternalPerPodMetricReplicas).
std::int32_t hpa_for_total(double total, double target, double tolerance, std::int32_t current);

/// Which of two limits decides: the one that allows more, the one that allows less; or no change in this direction.
enum class HpaSelect { max, min, disabled };

/// One direction of `behavior:`. A policy with a value of 0 is absent.
struct HpaBehavior {
  Ticks stabilization = 0;
  std::int32_t pods = 0;  ///< at most so many pods per period
  double percent = 0.0;   ///< at most so many percent per period
  Ticks period = 0;
  Ticks percent_period = 0;  ///< of `percent`; 0: `period` as well
  HpaSelect select = HpaSelect::max;

  Ticks period_of_percent() const { return percent_period > 0 ? percent_period : period; }
  Ticks longest_period() const { return std::max(period, period_of_percent()); }
};

/// Remembers recommendations and changes, and lets a recommendation through as the behavior allows.
class HpaNormalizer {
 public:
  HpaNormalizer(const HpaBehavior& up, const HpaBehavior& down) : up_(up), down_(down) {}

  /// What the deployment is scaled to at `now`, from `current` pods, when the metrics want `desired`.
  std::int32_t normalize(Ticks now, std::int32_t current, std::int32_t desired, std::int32_t minimum,
                         std::int32_t maximum);

 private:
  struct Event {
    Ticks at = 0;
    std::int32_t pods = 0;  ///< a recommendation, or a change
  };

  std::int32_t stabilize(Ticks now, std::int32_t current, std::int32_t desired);
  void forget_changes(Ticks now);
  /// The pods at the start of a period that ends now.
  std::int32_t pods_before(Ticks now, std::int32_t current, Ticks period) const;
  std::int32_t limit_up(Ticks now, std::int32_t current) const;
  std::int32_t limit_down(Ticks now, std::int32_t current) const;

  HpaBehavior up_;
  HpaBehavior down_;
  std::vector<Event> recommendations_;
  std::vector<Event> added_;
  std::vector<Event> removed_;
};

}  // namespace idlewatt
