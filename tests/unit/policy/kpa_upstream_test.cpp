// Numbers that Knative's own tests assert, transcribed: knative/serving, pkg/autoscaler/scaling/autoscaler_test.go.
// Each step names the upstream test. They aim at 75 % of a pod's capacity, scale up and down by a factor of 10 at most,
// panic at 2 and have a stable window of 60 s. Upstream allows the excess burst capacity to be one off; here it is
// exact, for the same arithmetic is used. Not transcribed: counts of activators, reachability of old revisions, errors
// of metrics.
#include <cmath>
#include <cstdint>

#include "policy/autoscale/kpa_rule.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;
constexpr double kUtilisation = 0.75;

KpaSettings settings(double target, double up = 10.0, double down = 10.0) {
  return {.target = target, .panic_threshold = 2.0, .max_scale_up_rate = up, .max_scale_down_rate = down};
}

/// An autoscaler as the upstream tests make it, and its answers.
class Scaler {
 public:
  Scaler(double target, double burst_capacity, const KpaSettings& all)
      : rule_(all), target_(target), burst_capacity_(burst_capacity) {
    rule_.wanted(0, {.ready = 1, .stable = 0.0, .panic = 0.0});  // made while one pod was ready: not in panic
  }
  Scaler(double target, double burst_capacity) : Scaler(target, burst_capacity, settings(target)) {}

  void scale(double at_s, std::int32_t ready, double stable, double panic, std::int32_t pods) {
    const KpaObservation seen{.ready = ready, .stable = stable, .panic = panic};
    CHECK(rule_.wanted(to_ticks(at_s), seen) == pods);
    const double excess = burst_capacity_ == 0.0 ? 0.0
                          : burst_capacity_ < 0.0
                              ? -1.0
                              : std::floor(target_ / kUtilisation * ready - burst_capacity_ - panic);
    CHECK(kpa_excess_burst(target_ / kUtilisation, burst_capacity_, seen) == excess);
  }
  bool in_panic() const { return rule_.in_panic(); }

 private:
  KpaRule rule_;
  double target_;
  double burst_capacity_;
};

}  // namespace

TEST_CASE("knative-kpa upstream: the scale-down delay", "[kpa]") {
  KpaSettings delayed{.target = 10.0,
                      .panic_threshold = 100.0,
                      .max_scale_up_rate = 10.0,
                      .max_scale_down_rate = 10.0,
                      .scale_down_delay = 300 * kSecond};
  KpaRule rule(delayed);
  const auto scale = [&](std::int64_t at_s, double seen) {
    return rule.wanted(at_s * kSecond, {.ready = 0, .stable = seen, .panic = seen});
  };
  // TestAutoscalerScaleDownDelay, simple
  CHECK(scale(2, 40) == 4);
  CHECK(scale(300, 0) == 4);
  CHECK(scale(302, 0) == 0);
  // gradual
  CHECK(scale(540, 40) == 4);
  CHECK(scale(600, 30) == 4);
  CHECK(scale(660, 0) == 4);
  CHECK(scale(840, 0) == 3);
  CHECK(scale(900, 0) == 0);
  // TestAutoscalerScaleDownDelayZero
  delayed.scale_down_delay = 0;
  KpaRule prompt(delayed);
  CHECK(prompt.wanted(0, {.ready = 0, .stable = 40, .panic = 40}) == 4);
  CHECK(prompt.wanted(kSecond / 2, {.ready = 0, .stable = 20, .panic = 20}) == 2);
}

TEST_CASE("knative-kpa upstream: stable and panic, with what is left for a burst", "[kpa]") {
  Scaler(10, 100).scale(1, 1, 50, 50, 5);  // TestAutoscalerMetrics
  Scaler rps(10, 100);                     // TestAutoscalerMetricsWithRPS
  rps.scale(1, 1, 100, 99, 10);
  rps.scale(62, 1, 100, 99, 10);
  Scaler concurrency(10, 101);  // TestAutoscalerStableModeIncreaseWithConcurrencyDefault
  concurrency.scale(1, 1, 50, 10, 5);
  concurrency.scale(1, 1, 100, 10, 10);
  Scaler increase(10, 101);  // TestAutoscalerStableModeIncreaseWithRPS
  increase.scale(1, 1, 50, 50, 5);
  increase.scale(1, 1, 100, 99, 10);

  Scaler slow(1, 98);  // TestAutoscalerUnpanicAfterSlowIncrease
  slow.scale(1, 10, 11, 25, 25);
  CHECK(slow.in_panic());
  slow.scale(31, 40, 30, 41, 41);
  CHECK(slow.in_panic());
  slow.scale(63, 55, 50, 56, 50);
  CHECK_FALSE(slow.in_panic());

  Scaler extended(1, 98);  // TestAutoscalerExtendPanicWindow
  extended.scale(1, 10, 11, 25, 25);
  extended.scale(31, 40, 30, 80, 80);
  extended.scale(90, 80, 30, 80, 80);
  CHECK(extended.in_panic());

  Scaler decrease(10, 98);  // TestAutoscalerStableModeDecrease
  decrease.scale(1, 8, 100, 100, 10);
  decrease.scale(1, 8, 50, 50, 5);

  Scaler to_zero(10, 75);  // TestAutoscalerStableModeNoTrafficScaleToZero
  to_zero.scale(1, 1, 1, 0, 1);
  to_zero.scale(1, 1, 0, 0, 0);

  Scaler exponential(1, 101);  // TestAutoscalerPanicModeExponentialTrackAndStabilize
  exponential.scale(1, 1, 6, 6, 6);
  exponential.scale(1, 6, 36, 36, 36);
  exponential.scale(2, 36, 216, 216, 216);
  exponential.scale(2, 216, 1296, 1296, 1296);
  exponential.scale(3, 1296, 1296, 1296, 1296);
}

TEST_CASE("knative-kpa upstream: TestAutoscalerScale", "[kpa]") {
  Scaler(10, 100).scale(1, 1, 0, 0, 0);
  Scaler(181, -1).scale(1, 1, 21, 26, 1);
  Scaler(10, 0).scale(1, 1, 50, 49, 5);
  Scaler(10, 100).scale(1, 1, 50, 50, 5);
  // In panic since 5 s, with 5 pods at the most: begun here by 5 pods that are wanted of 1.
  for (const auto& [stable, pods] : {std::pair{50.0, 50}, std::pair{20.0, 30}}) {
    Scaler panicking(1, 100);
    panicking.scale(1, 1, 5, 5, 5);
    panicking.scale(6, 5, stable, 30, pods);
  }
  Scaler(10, 100).scale(1, 5, 50, 50, 5);
  Scaler(1, 1982, settings(1, 1.1)).scale(1, 2, 3, 3.1, 3);
  Scaler(10, 1982, settings(10, 10, 1.1)).scale(1, 100, 1, 1, 90);
  Scaler(10, 84).scale(1, 1, 50, 100, 10);
}

TEST_CASE("knative-kpa upstream: panic and rates", "[kpa]") {
  Scaler panic(10, 93);  // TestAutoscalerPanicThenUnPanicScaleDown
  panic.scale(1, 1, 100, 100, 10);
  panic.scale(2, 10, 100, 1000, 100);
  panic.scale(32, 10, 1, 1, 100);
  panic.scale(63, 10, 1, 1, 1);

  Scaler up(10, 61);  // TestAutoscalerRateLimitScaleUp
  up.scale(1, 1, 1000, 1001, 10);
  up.scale(1, 10, 1000, 1001, 100);

  Scaler down(10, 61);  // TestAutoscalerRateLimitScaleDown
  down.scale(1, 100, 1, 1, 10);
  down.scale(1, 10, 1, 1, 1);

  Scaler(10, 81).scale(1, 0, 1000, 888, 10);  // TestAutoscalerUseOnePodAsMinimumIfEndpointsNotFound

  // TestAutoscalerUpdateTarget: from 10 to 1 a pod.
  Scaler(10, 77).scale(1, 1, 100, 101, 10);
  Scaler(1, 71).scale(1, 10, 100, 101, 100);

  // TestStartInPanicMode
  for (std::int32_t ready = 0; ready < 3; ++ready) {
    KpaRule rule({.target = 100, .panic_threshold = 220});
    rule.wanted(0, {.ready = ready, .stable = 10, .panic = 10});
    CHECK(rule.in_panic() == (ready == 2));
  }
}

}  // namespace idlewatt
