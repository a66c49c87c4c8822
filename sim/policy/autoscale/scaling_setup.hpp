// What a manifest says that no list of parameters holds: metrics with their targets, and triggers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/autoscale/cron.hpp"
#include "policy/autoscale/hpa_rule.hpp"
#include "policy/autoscale/signal.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A metric of a HorizontalPodAutoscaler.
struct HpaMetricSource {
  enum class Kind : std::uint8_t {
    pods,     ///< of each pod, with an average value
    average,  ///< a total, with an average value a pod
    value,    ///< a value that is not divided by the pods
  };
  Kind kind = Kind::pods;
  Signal signal;
  double target = 0.0;
};

/// A trigger of a ScaledObject.
struct KedaTrigger {
  std::string name = {};                   ///< as a formula calls it; may be empty
  Signal signal = {};                      ///< what the scaler reads; not for `cron`
  std::optional<CronWindow> cron = {};     ///< instead of a signal
  std::optional<Signal> also_active = {};  ///< another signal whose value above the activation makes it active
  double target = 0.0;
  double activation = 0.0;               ///< active above this
  bool by_value = false;                 ///< metricType: Value
  bool null_is_failure = false;          ///< an empty result is a failure; otherwise it is 0
  bool cached = false;                   ///< the HorizontalPodAutoscaler reads what the last poll found
  bool one_replica_a_partition = false;  ///< the value is capped at `partitions` x target
};

/// KEDA's `advanced.scalingModifiers`.
struct KedaFormula {
  Signal signal;  ///< of the triggers' values, in their order
  double target = 0.0;
  double activation = 0.0;
  bool by_value = false;
};

/// KEDA's `fallback`.
struct KedaFallback {
  std::int32_t failures = 0;  ///< more failures in a row than this
  std::int32_t replicas = 0;
};

struct ScalingSetup final : PolicySetup {
  std::vector<HpaMetricSource> metrics;  ///< of policy hpa; empty: its parameters say which
  std::vector<KedaTrigger> triggers;     ///< of policy keda; empty: its parameters say which
  std::optional<KedaFormula> formula;
  std::optional<KedaFallback> fallback;
  std::vector<HpaScalingPolicy> more_up;  ///< policies beside those of the parameters
  std::vector<HpaScalingPolicy> more_down;
  std::optional<double> up_tolerance;
  std::optional<double> down_tolerance;
};

/// The setup of a choice of policy; an empty one where there is none.
const ScalingSetup& scaling_setup(const Parameters& parameters);

}  // namespace idlewatt
