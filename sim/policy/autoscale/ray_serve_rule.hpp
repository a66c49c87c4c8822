// The arithmetic of Ray Serve's autoscaler without any policy, so that it can be compared with a sequence computed by
// hand. Source: ray-project/ray, python/ray/serve/autoscaling_policy.py.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ticks.hpp"

namespace idlewatt {

/// Time between two decisions of Ray's controller (CONTROL_LOOP_INTERVAL_S, from memory).
inline constexpr Ticks kRayControlLoop = kTicksPerSecond / 10;

struct RayServeSettings {
  double target = 2.0;  ///< requests waiting or running per replica
  double upscaling_factor = 1.0;
  double downscaling_factor = 1.0;
  Ticks upscale_delay = 30 * kTicksPerSecond;
  Ticks downscale_delay = 600 * kTicksPerSecond;
  Ticks downscale_to_zero_delay = 600 * kTicksPerSecond;
};

/// The replicas that `ongoing` requests need when `running` replicas (at least one) are ready: ceil(running x (1 +
/// factor x (ongoing / (target x running) - 1))), computed in the order of Ray's arithmetic. One less where only the
/// factor keeps the number from falling.
std::int32_t ray_serve_desired(const RayServeSettings& settings, double ongoing, std::int32_t running);

/// The way in which the values of the look-back period become one value (AutoscalingConfig.aggregation_function).
enum class RayAggregation { mean, max, min };

/// The delays of Ray Serve: a direction is followed only after it has held for its delay. Ray counts the rounds of its
/// control loop. Between two changes of its input all rounds are alike, so this class keeps the time of the first round
/// instead.
class RayServeRule {
 public:
  struct Outcome {
    std::int32_t replicas = 0;
    Ticks look_again = kNever;  ///< round in which the rule acts if nothing changes; the next round if it has acted now
  };

  explicit RayServeRule(const RayServeSettings& settings) : settings_(settings) {}

  /// The target from `now` on, within [minimum, maximum], and the time of the next look.
  Outcome decide(Ticks now, double ongoing, std::int32_t running, std::int32_t target, std::int32_t minimum,
                 std::int32_t maximum);

 private:
  struct Direction {
    bool up = false;
    Ticks since = 0;
  };

  RayServeSettings settings_;
  std::optional<Direction> direction_;
  Ticks last_ = 0;  ///< when the rule was asked last
};

}  // namespace idlewatt
