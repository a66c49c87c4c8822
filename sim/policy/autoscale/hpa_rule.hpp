// The arithmetic of the Kubernetes HorizontalPodAutoscaler, apart from any policy, so that a sequence computed by hand
// and the numbers of Kubernetes' own tests can be held against it. Source: kubernetes/kubernetes,
// pkg/controller/podautoscaler, replica_calculator.go and horizontal.go (autoscaling/v2).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

/// A metric's value as Kubernetes holds it: in thousandths, the rest cut off. Values that are no number count as 0,
/// values that no integer holds as the largest one.
std::int64_t to_milli(double value);

/// No change while metric / target lies within [1 - down, 1 + up]. Kubernetes 1.33 lets `behavior` name one for each
/// direction; before, and by default, both are 0.1.
struct HpaTolerance {
  double up = 0.1;
  double down = 0.1;
  bool covers(double ratio) const { return 1.0 - down <= ratio && ratio <= 1.0 + up; }
};

/// What one metric wants, and the value that is compared with the target (shown by `kubectl get hpa`), in thousandths.
struct HpaProposal {
  std::int32_t replicas = 0;
  std::int64_t usage_milli = 0;
};

/// A metric that each pod reports.
struct HpaPods {
  std::int64_t sum_milli = 0;  ///< over the pods that report
  std::int32_t reporting = 0;  ///< pods
  std::int32_t missing = 0;    ///< pods that run and do not report yet: their engine starts
  std::int32_t unready = 0;    ///< pods that are pending: they wait for a node, or for their image
};

/// A `Pods` metric, or a `Resource` metric with an average value (calcPlainMetricReplicas): ceil(mean / target x pods)
/// over the pods that report. When others are missing, the mean is taken once more with them at the target on the way
/// down, at 0 on the way up; pending pods count as 0 on the way up alone. Nothing changes when that turns the
/// direction, or comes within the tolerance, or when the count of pods turns it. Nothing (no proposal) when no pod
/// reports.
std::optional<HpaProposal> hpa_pods_metric(const HpaPods& pods, std::int64_t target_milli,
                                           const HpaTolerance& tolerance, std::int32_t current);

/// An `Object` or `External` metric with a target `value` (getUsageRatioReplicaCount): ceil(total / target x ready
/// pods); from none ceil(total / target).
HpaProposal hpa_value_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                             std::int32_t current, std::int32_t ready);

/// An `Object` or `External` metric with an `averageValue` (GetExternalPerPodMetricReplicas): ceil(total / target),
/// `current` replicas while total / (target x current) is within the tolerance.
HpaProposal hpa_average_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                               std::int32_t current);

/// The largest of several metrics' proposals (computeReplicasForMetrics). Nothing when all metrics are invalid, or when
/// some are and the others would scale down: then nothing changes.
std::optional<std::int32_t> hpa_largest(std::span<const std::optional<std::int32_t>> proposals, std::int32_t current);

/// Which of several limits decides: the one that allows more, the one that allows less; or no change in this direction.
enum class HpaSelect { max, min, disabled };

/// One of the policies of a direction. Several may have the same type.
struct HpaScalingPolicy {
  enum class Type { pods, percent };
  Type type = Type::pods;
  double value = 0.0;  ///< pods, or percent of the pods at the start of the period
  Ticks period = 0;
};

/// One direction of `behavior:`. Without policies there is no limit.
struct HpaDirection {
  Ticks stabilization = 0;
  std::vector<HpaScalingPolicy> policies = {};
  HpaSelect select = HpaSelect::max;
};

/// `behavior:` of an HorizontalPodAutoscaler, defaults filled in.
struct HpaBehavior {
  HpaDirection up;
  HpaDirection down;
};

/// What the metrics wanted, remembered for the stabilisation windows. A recommendation that no window reaches back to
/// gives its place to the new one.
class HpaRecommendations {
 public:
  bool empty() const { return log_.empty(); }
  std::size_t size() const { return log_.size(); }

  /// Without `behavior` (stabilizeRecommendation): the highest of the last `window`, that at its very beginning
  /// included.
  std::int32_t stabilized(Ticks now, std::int32_t wanted, Ticks window);

  /// With `behavior` (stabilizeRecommendationWithBehaviors): the lowest of the window upwards and the highest of the
  /// window downwards bound the present replicas.
  std::int32_t stabilized(Ticks now, std::int32_t current, std::int32_t wanted, const HpaBehavior& behavior);

  void add(Ticks now, std::int32_t wanted) { log_.push_back({now, wanted}); }

 private:
  struct Recommendation {
    Ticks at = 0;
    std::int32_t replicas = 0;
  };
  void put(const Recommendation& recommendation, std::optional<std::size_t> in_place_of);

  std::vector<Recommendation> log_;
};

/// What was added and removed, remembered for the limits of the policies. A change that no period of its own direction
/// reaches back to gives its place to the next one of that direction; until then the other direction counts it, whose
/// periods may be longer.
class HpaChanges {
 public:
  struct Change {
    Ticks at = 0;
    std::int32_t replicas = 0;
    bool outdated = false;  ///< older than every period of its direction when that direction changed last
  };

  /// storeScaleEvent.
  void store(Ticks now, std::int32_t before, std::int32_t after, const HpaBehavior& behavior);

  /// convertDesiredReplicasWithBehaviorRate: `wanted` within what the policies allow from `current` replicas, and
  /// within minimum and maximum.
  std::int32_t limited(Ticks now, std::int32_t current, std::int32_t wanted, std::int32_t minimum, std::int32_t maximum,
                       const HpaBehavior& behavior) const;

  /// Added less removed in the period that ends now.
  std::int32_t growth(Ticks now, Ticks period) const;
  const std::vector<Change>& added() const { return added_; }
  const std::vector<Change>& removed() const { return removed_; }

 private:
  static void put(std::vector<Change>& changes, Ticks now, std::int32_t replicas, const HpaDirection& direction);
  std::int32_t limit_up(Ticks now, std::int32_t current, const HpaDirection& up) const;
  std::int32_t limit_down(Ticks now, std::int32_t current, const HpaDirection& down) const;

  std::vector<Change> added_;
  std::vector<Change> removed_;
};

/// convertDesiredReplicasWithRules, without `behavior`: `wanted` within minimum and maximum, and at most
/// max(2 x current, 4).
std::int32_t hpa_limited(std::int32_t current, std::int32_t wanted, std::int32_t minimum, std::int32_t maximum);

/// Lets what the metrics want through as Kubernetes does, round by round. The rule without `behavior` is another one
/// than that of a `behavior` with all its defaults: what was wanted in the last 5 minutes counts on the way up as well.
class HpaLoop {
 public:
  /// Without `behavior`; `window` is the controller's --horizontal-pod-autoscaler-downscale-stabilization.
  explicit HpaLoop(Ticks window = 300 * kTicksPerSecond) : window_(window) {}
  explicit HpaLoop(HpaBehavior behavior) : behavior_(std::move(behavior)) {}

  /// One round of reconcileAutoscaler: the replicas that follow from `current` at `now`. `wanted`: what the metrics
  /// want, nothing when they say nothing. Never called where 0 replicas mean that autoscaling is off (current 0,
  /// minimum > 0).
  std::int32_t sync(Ticks now, std::int32_t current, std::optional<std::int32_t> wanted, std::int32_t minimum,
                    std::int32_t maximum);

 private:
  std::optional<HpaBehavior> behavior_;
  Ticks window_ = 0;
  HpaRecommendations recommendations_;
  HpaChanges changes_;
};

}  // namespace idlewatt
