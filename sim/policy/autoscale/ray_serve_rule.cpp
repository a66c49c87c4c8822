#include "policy/autoscale/ray_serve_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idlewatt {
namespace {

std::int32_t ceil_replicas(double replicas) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(std::ceil(replicas), 0.0, kMost));
}

}  // namespace

std::int32_t ray_serve_desired(const RayServeSettings& settings, double ongoing, std::int32_t running) {
  const double ratio = ongoing / (settings.target * running);
  const double factor = ratio >= 1.0 ? settings.upscaling_factor : settings.downscaling_factor;
  const double smoothed = 1.0 + (ratio - 1.0) * factor;
  const std::int32_t desired = ceil_replicas(running * smoothed);
  // Stuck: the factor takes less than one replica away, and rounding gives it back.
  const bool stuck = ceil_replicas(running * ratio) < running && desired == running;
  return stuck ? desired - 1 : desired;
}

RayServeRule::Outcome RayServeRule::decide(Ticks now, double ongoing, std::int32_t running, std::int32_t target,
                                           std::int32_t minimum, std::int32_t maximum) {
  const Ticks before = last_;
  last_ = now;
  if (running == 0) {
    if (direction_) {
      direction_->since += now - before;
    }
    // No round is counted while no replica is ready; requests that wait for the first one get it at once.
    const std::int32_t first = ongoing > 0.0 ? std::max(ceil_replicas(settings_.upscaling_factor), target) : target;
    return {.replicas = std::clamp(first, minimum, maximum)};
  }
  std::int32_t desired = std::clamp(ray_serve_desired(settings_, ongoing, running), minimum, maximum);
  if (desired < target && target > 1) {
    desired = std::max(desired, 1);  // none is reached from one alone
  }
  if (desired == target) {
    direction_.reset();
    return {.replicas = target};
  }
  const bool up = desired > target;
  if (!direction_ || direction_->up != up) {
    direction_ = Direction{.up = up, .since = now};
  }
  const Ticks delay = up            ? settings_.upscale_delay
                      : target == 1 ? settings_.downscale_to_zero_delay
                                    : settings_.downscale_delay;
  if (now < direction_->since + delay) {
    return {.replicas = target, .look_again = direction_->since + delay};
  }
  direction_.reset();
  return {.replicas = desired, .look_again = now + kRayControlLoop};
}

}  // namespace idlewatt
