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

/// A metric's value as Kubernetes holds it: in whole thousandths, further digits cut off. A value that is no number
/// counts as 0; a value too large for an integer counts as the largest integer.
std::int64_t to_milli(double value);

/// The band of metric / target, [1 - down, 1 + up], in which nothing changes. Since Kubernetes 1.33 `behavior` can set
/// a tolerance for each direction; before, and by default, both are 0.1.
struct HpaTolerance {
  double up = 0.1;
  double down = 0.1;
  bool covers(double ratio) const { return 1.0 - down <= ratio && ratio <= 1.0 + up; }
};

/// The replicas that one metric asks for, and the value compared with the target (shown by `kubectl get hpa`), in
/// thousandths.
struct HpaProposal {
  std::int32_t replicas = 0;
  std::int64_t usage_milli = 0;
};

/// A metric that each pod reports.
struct HpaPods {
  std::int64_t sum_milli = 0;  ///< sum over the pods that report, in thousandths
  std::int32_t reporting = 0;  ///< pods
  std::int32_t missing = 0;    ///< pods that run but do not report yet, since their engine starts
  std::int32_t unready = 0;    ///< pods that are pending: they wait for a node or for their image
};

/// The proposal of a `Pods` metric, or of a `Resource` metric with an average value (calcPlainMetricReplicas):
/// ceil(mean / target x pods) over the pods that report. When other pods are missing, the mean is computed again with
/// the missing pods at the target for scaling down and at 0 for scaling up; pending pods count as 0 for scaling up
/// only. Proposes the current number when this second mean reverses the direction or is within the tolerance, and when
/// the count of pods reverses the direction. No proposal when no pod reports.
std::optional<HpaProposal> hpa_pods_metric(const HpaPods& pods, std::int64_t target_milli,
                                           const HpaTolerance& tolerance, std::int32_t current);

/// The proposal of an `Object` or `External` metric with a target `value` (getUsageRatioReplicaCount): ceil(total /
/// target x ready pods); without ready pods ceil(total / target).
HpaProposal hpa_value_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                             std::int32_t current, std::int32_t ready);

/// The proposal of an `Object` or `External` metric with an `averageValue` (GetExternalPerPodMetricReplicas):
/// ceil(total / target); `current` replicas while total / (target x current) is within the tolerance.
HpaProposal hpa_average_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                               std::int32_t current);

/// The largest proposal of several metrics (computeReplicasForMetrics). Nothing when all metrics are invalid, and when
/// some are invalid and the others would scale down; then the number of replicas stays.
std::optional<std::int32_t> hpa_largest(std::span<const std::optional<std::int32_t>> proposals, std::int32_t current);

/// The choice among several limits: the limit that allows the larger change, the limit that allows the smaller one, or
/// no change in this direction.
enum class HpaSelect { max, min, disabled };

/// One scaling policy of a direction. Several policies may have the same type.
struct HpaScalingPolicy {
  enum class Type { pods, percent };
  Type type = Type::pods;
  double value = 0.0;  ///< pods, or percent of the pods at the start of the period
  Ticks period = 0;
};

/// The `behavior:` of one direction. Without policies the change has no limit.
struct HpaDirection {
  Ticks stabilization = 0;
  std::vector<HpaScalingPolicy> policies = {};
  HpaSelect select = HpaSelect::max;
};

/// The `behavior:` of a HorizontalPodAutoscaler, with defaults filled in.
struct HpaBehavior {
  HpaDirection up;
  HpaDirection down;
};

/// The recommendations of the metrics, kept for the stabilisation windows. A new recommendation replaces one that is
/// older than every window.
class HpaRecommendations {
 public:
  bool empty() const { return log_.empty(); }
  std::size_t size() const { return log_.size(); }

  /// The stabilised number without `behavior` (stabilizeRecommendation): the highest recommendation of the last
  /// `window`, including one at its very beginning.
  std::int32_t stabilized(Ticks now, std::int32_t wanted, Ticks window);

  /// The stabilised number with `behavior` (stabilizeRecommendationWithBehaviors): `current`, raised to at least the
  /// lowest recommendation of the upward window and lowered to at most the highest of the downward window.
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

/// The replicas added and removed, kept for the limits of the policies. A new change replaces one of its own direction
/// that is older than every period of that direction. Until it is replaced, the old change still counts for the other
/// direction, whose periods may be longer.
class HpaChanges {
 public:
  struct Change {
    Ticks at = 0;
    std::int32_t replicas = 0;
    bool outdated = false;  ///< older than every period of its direction when that direction changed last
  };

  /// Records the change from `before` to `after` replicas (storeScaleEvent).
  void store(Ticks now, std::int32_t before, std::int32_t after, const HpaBehavior& behavior);

  /// `wanted` within the limits that the policies set from `current` replicas, and within minimum and maximum
  /// (convertDesiredReplicasWithBehaviorRate).
  std::int32_t limited(Ticks now, std::int32_t current, std::int32_t wanted, std::int32_t minimum, std::int32_t maximum,
                       const HpaBehavior& behavior) const;

  /// Replicas added minus replicas removed in the period that ends now.
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

/// `wanted` within minimum and maximum, and at most max(2 x current, 4): the limit without `behavior`
/// (convertDesiredReplicasWithRules).
std::int32_t hpa_limited(std::int32_t current, std::int32_t wanted, std::int32_t minimum, std::int32_t maximum);

/// The loop of the autoscaler, which turns the metrics' proposals into replicas round by round, as Kubernetes does. The
/// rule without `behavior` differs from the rule of a `behavior` with all its defaults: without it, the recommendations
/// of the last 5 minutes also count for scaling up.
class HpaLoop {
 public:
  /// A loop without `behavior`. `window` is the controller's --horizontal-pod-autoscaler-downscale-stabilization.
  explicit HpaLoop(Ticks window = 300 * kTicksPerSecond) : window_(window) {}
  explicit HpaLoop(HpaBehavior behavior) : behavior_(std::move(behavior)) {}

  /// One round of reconcileAutoscaler: the number of replicas that follows from `current` at `now`. `wanted` is the
  /// number that the metrics ask for, or nothing when they give no proposal. Must not be called where 0 replicas mean
  /// that autoscaling is off (current 0, minimum > 0).
  std::int32_t sync(Ticks now, std::int32_t current, std::optional<std::int32_t> wanted, std::int32_t minimum,
                    std::int32_t maximum);

 private:
  std::optional<HpaBehavior> behavior_;
  Ticks window_ = 0;
  HpaRecommendations recommendations_;
  HpaChanges changes_;
};

}  // namespace idlewatt
