// The arithmetic of Knative's pod autoscaler without any policy, so that it can be compared with a sequence computed by
// hand. Source: knative/serving, pkg/autoscaler/scaling/autoscaler.go (the decision),
// pkg/reconciler/autoscaling/kpa/kpa.go and scaler.go (the activator, the last pod), and
// config/core/configmaps/autoscaler.yaml (the defaults).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/ticks.hpp"

namespace idlewatt {

struct KpaSettings {
  double target = 70.0;          ///< value of the metric per pod, target utilisation included
  double panic_threshold = 2.0;  ///< panic begins when the wanted pods are this multiple of the ready pods
  double max_scale_up_rate = 1000.0;
  double max_scale_down_rate = 2.0;
  Ticks stable_window = 60 * kTicksPerSecond;
  std::int32_t activation_scale = 1;  ///< least number of pods when there are any
  Ticks scale_down_delay = 0;         ///< the largest number wanted in this time is kept
};

/// The observation at a decision: the metric summed over all pods and over the requests that wait for a pod, as means
/// over two windows.
struct KpaObservation {
  std::int32_t ready = 0;
  double stable = 0.0;  ///< mean over the stable window
  double panic = 0.0;   ///< mean over the panic window
};

/// The decision of the autoscaler, which remembers its panic and its wishes. As Knative's, it starts in panic when
/// there is more than one pod, so that it does not remove the pods it found.
class KpaRule {
 public:
  explicit KpaRule(const KpaSettings& settings) : settings_(settings) {}

  /// Wanted pods, before minimum, maximum and the last pod's grace:
  ///   ready = max(1, ready pods)
  ///   stable, panic = ceil(observed / target), both within [floor(ready / down rate), ceil(ready x up rate)]
  ///   panic begins, and begins anew, when ceil(panic / target) / ready >= threshold; it ends when that is not so and
  ///   more than a stable window has passed since it last was; meanwhile the larger of the two counts, and nothing
  ///   goes.
  std::int32_t wanted(Ticks now, const KpaObservation& seen);

  bool in_panic() const { return panic_since_.has_value(); }

 private:
  struct Wish {
    Ticks at = 0;
    std::int32_t pods = 0;
  };

  void judge_panic(Ticks now, bool over_threshold);
  std::int32_t delayed(Ticks now, std::int32_t pods);

  KpaSettings settings_;
  bool started_ = false;
  std::optional<Ticks> panic_since_;  ///< when the threshold was last reached
  std::int32_t most_in_panic_ = 0;
  std::deque<Wish> wishes_;  ///< falling, of the last scale_down_delay
};

/// The excess burst capacity: requests that the ready pods could take beyond those of the panic window and a burst of
/// `burst_capacity`, rounded down. The activator is in the path while it is negative. A capacity of 0 keeps the
/// activator out of the path, -1 keeps it in.
double kpa_excess_burst(double total_a_pod, double burst_capacity, const KpaObservation& seen);

/// The grace of the last pod, which is kept for a while when no pod is wanted any more: until a stable window has
/// passed since the pod was first ready, and then until the activator has been in the path for the grace (it may have
/// been there long enough already). A retention of the last pod counts from the moment at which no pod is wanted.
/// Without a pod, none is kept.
class KpaLastPod {
 public:
  KpaLastPod(Ticks stable_window, Ticks grace, Ticks retention)
      : stable_window_(stable_window), grace_(grace), retention_(retention) {}

  /// The number of pods at `now`. `burst`: true when the excess burst capacity is negative.
  std::int32_t kept(Ticks now, std::int32_t current, std::int32_t ready, std::int32_t wanted, bool burst);

 private:
  void set_activator(Ticks now, bool in_path);

  Ticks stable_window_;
  Ticks grace_;
  Ticks retention_;
  std::optional<Ticks> active_since_;     ///< pods are ready and wanted
  std::optional<Ticks> inactive_since_;   ///< none is wanted
  std::optional<Ticks> activator_since_;  ///< the activator is in the path
};

}  // namespace idlewatt
