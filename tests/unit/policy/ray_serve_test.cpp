// Ray Serve's autoscaler, decision by decision as autoscaling_policy.py makes them.
#include <vector>

#include "policy/autoscale/ray_serve_rule.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

}  // namespace

TEST_CASE("ray-serve: desired replicas, with and without factors", "[ray]") {
  CHECK(ray_serve_desired({}, 7, 2) == 4);  // 3.5
  CHECK(ray_serve_desired({}, 4, 2) == 2);
  CHECK(ray_serve_desired({}, 1, 4) == 1);
  CHECK(ray_serve_desired({}, 0, 4) == 0);
  CHECK(ray_serve_desired({.upscaling_factor = 0.5}, 7, 2) == 3);      // 2 + 0.75
  CHECK(ray_serve_desired({.upscaling_factor = 2.0}, 7, 2) == 5);      // 2 + 3
  CHECK(ray_serve_desired({.downscaling_factor = 0.5}, 1, 4) == 3);    // 4 - 1.75
  CHECK(ray_serve_desired({.downscaling_factor = 0.5}, 7, 2) == 4);    // the other direction
  CHECK(ray_serve_desired({.downscaling_factor = 0.3}, 0, 1) == 0);    // 0.7 rounded up is 1: stuck
  CHECK(ray_serve_desired({.downscaling_factor = 0.3}, 0.1, 1) == 1);  // something is ongoing: one is wanted
  CHECK(ray_serve_desired({.downscaling_factor = 0.3}, 3.0, 3) == 2);  // 2 wanted, 2.55 rounded up: stuck as well
  CHECK(ray_serve_desired({.downscaling_factor = 2.0}, 1, 4) == 0);    // never below none
}

TEST_CASE("ray-serve: a direction is followed when it has held for its delay", "[ray]") {
  RayServeRule rule({});
  const auto decide = [&](double at_s, double ongoing, std::int32_t replicas) {
    return rule.decide(to_ticks(at_s), ongoing, replicas, replicas, 0, 20);
  };
  CHECK(decide(0, 8, 2).replicas == 2);
  CHECK(decide(0, 8, 2).look_again == 30 * kSecond);
  CHECK(decide(10, 12, 2).replicas == 2);
  CHECK(decide(20, 4, 2).replicas == 2);  // just right: counted from the beginning again
  CHECK(decide(20, 4, 2).look_again == kNever);
  CHECK(decide(30, 8, 2).look_again == 60 * kSecond);
  CHECK(decide(59.9, 8, 2).replicas == 2);
  CHECK(decide(60, 14, 2).replicas == 7);  // what is wanted now, not what was wanted first
  // The next round is a new count.
  CHECK(decide(60.1, 20, 7).replicas == 7);
  CHECK(decide(60.1, 20, 7).look_again == to_ticks(90.1));
  // Down: the direction turns, 600 s from here.
  CHECK(decide(70, 1, 7).look_again == 670 * kSecond);
  CHECK(decide(669, 0, 7).replicas == 7);
  CHECK(decide(670, 0, 7).replicas == 1);  // none is wanted: to one first
  CHECK(decide(670.1, 0, 1).look_again == to_ticks(1270.1));
  CHECK(decide(1270.1, 0, 1).replicas == 0);
}

TEST_CASE("ray-serve: none, its own delay, and the way back", "[ray]") {
  RayServeRule rule({.upscaling_factor = 2.5, .downscale_to_zero_delay = 60 * kSecond});
  CHECK(rule.decide(0, 0, 1, 1, 0, 20).look_again == 60 * kSecond);
  CHECK(rule.decide(60 * kSecond, 0, 1, 1, 0, 20).replicas == 0);
  CHECK(rule.decide(90 * kSecond, 0, 0, 0, 0, 20).replicas == 0);
  CHECK(rule.decide(91 * kSecond, 1, 0, 0, 0, 20).replicas == 3);  // ceil(1 x 2.5), at once
  CHECK(rule.decide(91 * kSecond, 1, 0, 0, 0, 2).replicas == 2);
  CHECK(rule.decide(92 * kSecond, 99, 0, 5, 0, 20).replicas == 5);  // they are on their way
  // A minimum of one: nothing to follow.
  CHECK(rule.decide(200 * kSecond, 0, 1, 1, 1, 20).look_again == kNever);
}

TEST_CASE("ray-serve: delays of zero act at once", "[ray]") {
  RayServeRule rule({.upscale_delay = 0, .downscale_delay = 0, .downscale_to_zero_delay = 0});
  CHECK(rule.decide(0, 8, 2, 2, 0, 20).replicas == 4);
  CHECK(rule.decide(kRayControlLoop, 2, 4, 4, 0, 20).replicas == 1);
  CHECK(rule.decide(2 * kRayControlLoop, 0, 1, 1, 0, 20).replicas == 0);
}

TEST_CASE("ray-serve: the largest and the smallest value of the look-back period", "[ray]") {
  const auto replicas = [](double aggregation) {
    const AutoscaleDeclaration declaration = declare_ray_serve();
    Parameters parameters = Parameters::defaults_of(declaration.info);
    parameters.set("upscale_delay", 0);
    parameters.set("aggregation", aggregation);
    parameters.set("metrics_interval", 2);
    const auto policy = declaration.make(parameters);
    std::int32_t last = 0;
    const std::vector<double> means{0.0, 4.0, 20.0, 6.0, 10.0};
    for (std::size_t i = 0; i < means.size(); ++i) {
      const AutoscaleDecision decision = policy->decide({.now = static_cast<Ticks>(i) * kSecond / 2,
                                                         .maximum = 20,
                                                         .target = 2,
                                                         .ready = 2,
                                                         .mean_outstanding = means[i]});
      last = decision.replicas;
    }
    return last;
  };
  CHECK(replicas(0) == 5);   // (4 + 20 + 6 + 10) / 4 / 2
  CHECK(replicas(1) == 10);  // 20 / 2
  CHECK(replicas(2) == 2);   // 4 / 2
}

TEST_CASE("ray-serve: replicas report the mean of the look-back period every metrics interval", "[ray]") {
  const AutoscaleDeclaration declaration = declare_ray_serve();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("upscale_delay", 0);
  parameters.set("look_back_period", 20);
  const auto policy = declaration.make(parameters);
  CHECK(policy->at_zero() == AtZero::activates);
  const auto look = [&](double at_s, double mean, std::int64_t outstanding, std::int32_t ready = 2) {
    return policy->decide({.now = to_ticks(at_s),
                           .maximum = 20,
                           .target = ready == 0 ? 0 : 2,
                           .ready = ready,
                           .outstanding = outstanding,
                           .mean_outstanding = mean});
  };
  CHECK(look(0, 0.0, 0).replicas == 2);
  CHECK(look(10, 4.0, 99).wake_at == 20 * kSecond);
  CHECK(look(10, 4.0, 99).replicas == 2);  // 4 / 2, what is ongoing right now is not asked
  CHECK(look(20, 8.0, 0).replicas == 3);   // (4 + 8) / 2 / 2
  // Between two reports nothing is known of the 100.
  CHECK(look(20.1, 100.0, 100).replicas == 3);
  // Without a replica the handle sees what waits.
  CHECK(look(26, 0.0, 1, 0).replicas == 1);
}

}  // namespace idlewatt
