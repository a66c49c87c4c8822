// Numbers that Ray Serve's own tests assert, transcribed: ray-project/ray, python/ray/serve/tests/unit/
// test_autoscaling_policy.py. Each section names the upstream test. Upstream counts rounds of its control loop of 0.1
// s; here a round is a look at that time.
#include <algorithm>
#include <cmath>
#include <random>

#include "policy/autoscale/ray_serve_rule.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// A rule that is asked round by round.
class Rounds {
 public:
  Rounds(const RayServeSettings& settings, std::int32_t minimum, std::int32_t maximum)
      : rule_(settings), minimum_(minimum), maximum_(maximum) {}

  std::int32_t next(double requests, std::int32_t running, std::int32_t target) {
    now_ += kRayControlLoop;
    return rule_.decide(now_, requests, running, target, minimum_, maximum_).replicas;
  }

 private:
  RayServeRule rule_;
  std::int32_t minimum_;
  std::int32_t maximum_;
  Ticks now_ = 0;
};

std::int32_t desired(const RayServeSettings& settings, double requests, std::int32_t running, std::int32_t minimum,
                     std::int32_t maximum) {
  return std::clamp(ray_serve_desired(settings, requests, running), minimum, maximum);
}

constexpr RayServeSettings kNow{.target = 1.0, .upscale_delay = 0, .downscale_delay = 0, .downscale_to_zero_delay = 0};

}  // namespace

TEST_CASE("ray-serve upstream: TestCalculateDesiredNumReplicas", "[ray]") {
  // test_bounds_checking
  CHECK(desired({.target = 100}, 1500, 10, 9, 11) == 11);
  CHECK(desired({.target = 100}, 500, 10, 9, 11) == 9);
  for (int i = 50; i < 150; ++i) {
    const std::int32_t replicas = desired({.target = 100}, 10.0 * i, 10, 9, 11);
    CHECK((replicas >= 9 && replicas <= 11));
  }
  for (const double target : {0.5, 1.0, 1.5}) {
    CHECK(desired({.target = target}, 2 * target * 10, 10, 0, 100) == 20);   // test_scale_up: 19 to 21
    CHECK(desired({.target = target}, 0.5 * target * 10, 10, 0, 100) == 5);  // test_scale_down: 4 to 6
  }
  // test_smoothing_factor (24 to 26, 5 to 8), and those of one direction
  const RayServeSettings both{.target = 1, .upscaling_factor = 0.5, .downscaling_factor = 0.5};
  CHECK(desired(both, 40, 10, 0, 100) == 25);
  CHECK(desired(both, 2.5, 10, 0, 100) == 7);
  const RayServeSettings up{.target = 1, .upscaling_factor = 0.5};
  CHECK(desired(up, 40, 10, 0, 100) == 25);
  CHECK(desired(up, 2.5, 10, 0, 100) == 3);  // 1 to 4
  const RayServeSettings down{.target = 1, .downscaling_factor = 0.5};
  CHECK(desired(down, 40, 10, 0, 100) == 40);  // 39 to 41
  CHECK(desired(down, 2.5, 10, 0, 100) == 7);
  // test_downscaling_with_fractional_smoothing_factor: one less, though the factor alone would keep it
  CHECK(desired({.target = 1, .downscaling_factor = 0.5}, 0.3 * 2, 2, 0, 100) == 1);
  CHECK(desired({.target = 1, .downscaling_factor = 0.2}, 0.4 * 5, 5, 0, 100) == 4);
  CHECK(desired({.target = 1, .downscaling_factor = 0.1}, 0.4 * 10, 10, 0, 100) == 9);
}

TEST_CASE("ray-serve upstream: TestGetDecisionNumReplicas", "[ray]") {
  // test_smoothing_factor_scale_up_from_0_replicas, without the bounds
  CHECK(Rounds({.upscaling_factor = 10}, 0, 1000).next(1, 0, 0) == 10);
  CHECK(Rounds({.upscaling_factor = 0.5}, 0, 1000).next(1, 0, 0) == 1);

  // test_smoothing_factor_scale_down_to_0_replicas. Upstream 0 at once from 5, in the version transcribed; since then
  // (_apply_delay_logic) zero is reached from one alone.
  RayServeSettings steep = kNow;
  steep.target = 2;
  steep.upscaling_factor = steep.downscaling_factor = 10;
  Rounds fast(steep, 0, 5);
  CHECK(fast.next(0, 5, 5) == 1);
  CHECK(fast.next(0, 1, 1) == 0);
  RayServeSettings flat = steep;
  flat.upscaling_factor = flat.downscaling_factor = 0.2;
  Rounds slow(flat, 0, 5);
  std::int32_t replicas = 5;
  for (const std::int32_t expected : {4, 3, 2, 1, 0}) {
    replicas = slow.next(0, replicas, replicas);
    CHECK(replicas == expected);
  }

  // test_upscale_downscale_delay
  Rounds delay({.target = 1}, 0, 2);
  const int up = 300;
  const int down = 6000;
  CHECK(delay.next(1, 0, 0) == 1);
  const auto stays = [&](int rounds, double requests, std::int32_t at) {
    int changed = 0;
    for (int i = 0; i < rounds; ++i) {
      changed += delay.next(requests, at, at) != at ? 1 : 0;
    }
    return changed == 0;
  };
  CHECK(stays(up, 100, 1));
  CHECK(delay.next(100, 1, 1) == 2);
  CHECK(stays(down, 0, 2));
  CHECK(delay.next(0, 2, 2) == 1);  // upstream 0; see above
  CHECK(stays(up / 2, 100, 1));
  delay.next(0, 1, 1);
  CHECK(stays(up, 100, 1));
  CHECK(delay.next(100, 1, 1) == 2);
  CHECK(stays(down / 2, 0, 2));
  delay.next(200, 2, 2);  // no more than 2 are allowed: nothing is wanted, so the count begins anew
  CHECK(stays(down, 0, 2));
  CHECK(delay.next(0, 2, 2) == 1);

  // test_replicas_delayed_startup
  RayServeSettings patient = kNow;
  patient.downscale_delay = 100'000 * kTicksPerSecond;
  Rounds startup(patient, 1, 200);
  CHECK(startup.next(100, 1, 1) == 100);
  CHECK(startup.next(100, 1, 100) == 100);
  CHECK(startup.next(123, 3, 100) == 123);
  CHECK(startup.next(10, 4, 123) == 123);

  // test_fluctuating_ongoing_requests
  for (const std::int64_t delay_s : {30, 0}) {
    RayServeSettings settings{.target = 50};
    settings.upscale_delay = settings.downscale_delay = settings.downscale_to_zero_delay = delay_s * kTicksPerSecond;
    Rounds rounds(settings, 1, 10);
    for (int trial = 0; trial < 50; ++trial) {
      CHECK(rounds.next(100, 1, 1) == (delay_s > 0 ? 1 : 2));
      CHECK(rounds.next(40, 2, 2) == (delay_s > 0 ? 2 : 1));
    }
  }

  // test_single_replica_receives_all_requests
  for (const int requests : {20, 100, 10}) {
    RayServeSettings settings = kNow;
    settings.target = 5;
    CHECK(Rounds(settings, 1, 50).next(requests, 4, 4) == requests / 5);
  }
}

TEST_CASE("ray-serve: 60,000 random rounds differ from the counting of rounds in none", "[ray]") {
  std::mt19937_64 bits(5);
  const auto dice = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(high - low + 1));
  };
  std::int64_t differing = 0;
  for (int sequence = 0; sequence < 100; ++sequence) {
    RayServeSettings settings{.target = static_cast<double>(dice(1, 20)),
                              .upscaling_factor = static_cast<double>(dice(1, 20)) / 10.0,
                              .downscaling_factor = static_cast<double>(dice(1, 20)) / 10.0};
    const std::int64_t up = dice(0, 20);  // rounds
    const std::int64_t down = dice(0, 40);
    const std::int64_t zero = dice(0, 60);
    settings.upscale_delay = up * kRayControlLoop;
    settings.downscale_delay = down * kRayControlLoop;
    settings.downscale_to_zero_delay = zero * kRayControlLoop;
    const auto minimum = static_cast<std::int32_t>(dice(0, 2));
    const auto maximum = static_cast<std::int32_t>(dice(3, 30));
    Rounds rounds(settings, minimum, maximum);
    std::int32_t target = minimum;
    std::int64_t counter = 0;
    double requests = 0.0;
    for (int round = 0; round < 600; ++round) {
      if (dice(0, 9) == 0) {
        requests = static_cast<double>(dice(0, 3) == 0 ? 0 : dice(0, 300));
      }
      const auto running = static_cast<std::int32_t>(std::clamp<std::int64_t>(target - dice(0, 2), 0, target));
      // The policy of Ray, round by round.
      std::int32_t expected = target;
      if (running == 0) {
        if (requests > 0) {
          expected = std::max(static_cast<std::int32_t>(std::ceil(settings.upscaling_factor)), target);
        }
        expected = std::max(minimum, std::min(maximum, expected));
      } else {
        const double error = requests / (settings.target * running);
        const double factor = error >= 1 ? settings.upscaling_factor : settings.downscaling_factor;
        const double smoothed = 1 + ((error - 1) * factor);
        auto wanted = static_cast<std::int32_t>(std::ceil(running * smoothed));
        if (std::ceil(running * error) < running && wanted == running) {
          --wanted;
        }
        wanted = std::max(minimum, std::min(maximum, wanted));
        if (wanted > target) {
          counter = std::max<std::int64_t>(counter, 0) + 1;
          if (counter > up) {
            counter = 0;
            expected = wanted;
          }
        } else if (wanted < target) {
          counter = std::min<std::int64_t>(counter, 0) - 1;
          const std::int64_t wait = target == 1 ? zero : down;
          wanted = target == 1 ? wanted : std::max(1, wanted);
          if (counter < -wait) {
            counter = 0;
            expected = wanted;
          }
        } else {
          counter = 0;
        }
      }
      const std::int32_t here = rounds.next(requests, running, target);
      differing += here != expected ? 1 : 0;
      target = expected;
    }
  }
  CHECK(differing == 0);
}

}  // namespace idlewatt
