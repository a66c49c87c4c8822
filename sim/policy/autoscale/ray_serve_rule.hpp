// The arithmetic of Ray Serve's autoscaler, apart from any policy, so that a sequence computed by hand can be held
// against it. Source: ray-project/ray, python/ray/serve/autoscaling_policy.py.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ticks.hpp"

namespace idlewatt {

/// Time between two decisions of Ray's controller (CONTROL_LOOP_INTERVAL_S, from memory).
inline constexpr Ticks kRayControlLoop = kTicksPerSecond / 10;

struct RayServeSettings {
  double target = 2.0;  ///< requests waiting or running a replica
  double upscaling_factor = 1.0;
  double downscaling_factor = 1.0;
  Ticks upscale_delay = 30 * kTicksPerSecond;
  Ticks downscale_delay = 600 * kTicksPerSecond;
  Ticks downscale_to_zero_delay = 600 * kTicksPerSecond;
};

/// The replicas that `ongoing` requests want, when `running` replicas are ready (at least one):
/// ceil(running x (1 + factor x (ongoing / (target x running) - 1))), in the very order of Ray's arithmetic; one less
/// where the factor alone keeps the number from falling.
std::int32_t ray_serve_desired(const RayServeSettings& settings, double ongoing, std::int32_t running);

/// How values of the look-back period become one (AutoscalingConfig.aggregation_function).
enum class RayAggregation { mean, max, min };

/// A direction must hold for its delay before it is followed. Ray counts rounds of its control loop; between two
/// changes of what it is shown all rounds are alike, so here the time of the first is kept instead.
class RayServeRule {
 public:
  struct Outcome {
    std::int32_t replicas = 0;
    Ticks look_again = kNever;  ///< the round in which it acts if nothing changes, or the next one if it has acted now
  };

  explicit RayServeRule(const RayServeSettings& settings) : settings_(settings) {}

  /// The target from `now` on, within [minimum, maximum].
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
