// The content of a manifest that no list of parameters can hold: metrics with their targets, and triggers.
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
    pods,     ///< a value of each pod, with an average value as target
    average,  ///< a total, with an average value per pod as target
    value,    ///< a value that is not divided by the pods
  };
  Kind kind = Kind::pods;
  Signal signal;
  double target = 0.0;
};

/// A trigger of a ScaledObject.
struct KedaTrigger {
  std::string name = {};                   ///< name of the trigger in formulas; may be empty
  Signal signal = {};                      ///< value that the scaler reads; unused for `cron`
  std::optional<CronWindow> cron = {};     ///< window of a `cron` trigger, in place of a signal
  std::optional<Signal> also_active = {};  ///< another signal whose value above the activation makes it active
  double target = 0.0;
  double activation = 0.0;               ///< the trigger is active above this value
  bool by_value = false;                 ///< metricType: Value
  bool null_is_failure = false;          ///< an empty result is a failure; otherwise it is 0
  bool cached = false;                   ///< true: the HorizontalPodAutoscaler reads the value of the last poll
  bool one_replica_a_partition = false;  ///< the value is capped at `partitions` x target
};

/// KEDA's `advanced.scalingModifiers`.
struct KedaFormula {
  Signal signal;  ///< expression over the triggers' values, in their order
  double target = 0.0;
  double activation = 0.0;
  bool by_value = false;
};

/// KEDA's `fallback`.
struct KedaFallback {
  std::int32_t failures = 0;  ///< the fallback applies after more failures in a row than this
  std::int32_t replicas = 0;
};

struct ScalingSetup final : PolicySetup {
  std::vector<HpaMetricSource> metrics;  ///< metrics of policy hpa; empty: its parameters name the metric
  std::vector<KedaTrigger> triggers;     ///< triggers of policy keda; empty: its parameters name the metric
  std::optional<KedaFormula> formula;
  std::optional<KedaFallback> fallback;
  std::vector<HpaScalingPolicy> more_up;  ///< policies beside those of the parameters
  std::vector<HpaScalingPolicy> more_down;
  std::optional<double> up_tolerance;
  std::optional<double> down_tolerance;
};

/// The setup in the parameters of a policy; an empty setup where there is none.
const ScalingSetup& scaling_setup(const Parameters& parameters);

}  // namespace idlewatt
