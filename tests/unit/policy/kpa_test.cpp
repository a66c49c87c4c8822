// Knative's pod autoscaler, decision by decision as autoscaler.go makes them.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "policy/autoscale/kpa_rule.hpp"
#include "policy/autoscale/window_mean.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

constexpr KpaSettings kTen{.target = 10.0};

std::unique_ptr<AutoscalePolicy> kpa(const std::vector<std::pair<std::string, double>>& changes) {
  const AutoscaleDeclaration declaration = declare_knative_kpa();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  for (const auto& [name, value] : changes) {
    parameters.set(name, value);
  }
  return declaration.make(parameters);
}

}  // namespace

TEST_CASE("knative-kpa: the stable window decides while all is calm", "[kpa]") {
  KpaRule rule(kTen);
  CHECK(rule.wanted(0, {.ready = 1, .stable = 5, .panic = 5}) == 1);
  CHECK(rule.wanted(2 * kSecond, {.ready = 1, .stable = 11, .panic = 11}) == 2);  // 2 / 1 is twice the ready ones
  CHECK(rule.in_panic());
  KpaRule calm(kTen);
  CHECK(calm.wanted(0, {.ready = 1, .stable = 10, .panic = 10}) == 1);
  CHECK(calm.wanted(2 * kSecond, {.ready = 4, .stable = 41, .panic = 70}) == 5);  // 7 / 4 is not
  CHECK_FALSE(calm.in_panic());
}

TEST_CASE("knative-kpa: panic begins, begins anew, keeps what it has, and ends a window after", "[kpa]") {
  KpaRule rule(kTen);
  CHECK(rule.wanted(0, {.ready = 1, .stable = 8, .panic = 10}) == 1);
  CHECK_FALSE(rule.in_panic());
  // ceil(35 / 10) = 4 of 1 ready.
  CHECK(rule.wanted(2 * kSecond, {.ready = 1, .stable = 9, .panic = 35}) == 4);
  CHECK(rule.in_panic());
  CHECK(rule.wanted(4 * kSecond, {.ready = 1, .stable = 10, .panic = 60}) == 6);
  // Ready: 5 of 6 is below the threshold. The 60 s count from 4 s, and nothing goes.
  CHECK(rule.wanted(6 * kSecond, {.ready = 6, .stable = 12, .panic = 50}) == 6);
  CHECK(rule.wanted(30 * kSecond, {.ready = 6, .stable = 20, .panic = 0}) == 6);
  // The stable window may want more than the short one: the larger counts.
  CHECK(rule.wanted(40 * kSecond, {.ready = 6, .stable = 68, .panic = 0}) == 7);
  CHECK(rule.wanted(64 * kSecond, {.ready = 7, .stable = 30, .panic = 0}) == 7);
  CHECK(rule.in_panic());
  // More than 60 s after 4 s: ceil(30 / 10) = 3, as floor(7 / 2) is.
  CHECK(rule.wanted(66 * kSecond, {.ready = 7, .stable = 30, .panic = 0}) == 3);
  CHECK_FALSE(rule.in_panic());
}

TEST_CASE("knative-kpa: rates bound what is wanted, and never forbid one more", "[kpa]") {
  KpaRule slow({.target = 10, .panic_threshold = 100, .max_scale_up_rate = 1.1});
  CHECK(slow.wanted(0, {.ready = 1, .stable = 500, .panic = 500}) == 2);  // ceil(1.1)
  CHECK(slow.wanted(0, {.ready = 20, .stable = 500, .panic = 500}) == 22);
  KpaRule down(kTen);
  CHECK(down.wanted(0, {.ready = 1, .stable = 0, .panic = 0}) == 0);  // floor(1 / 2)
  CHECK(down.wanted(0, {.ready = 7, .stable = 0, .panic = 0}) == 3);
  CHECK(down.wanted(0, {.ready = 0, .stable = 0, .panic = 0}) == 0);
  CHECK(KpaRule({.target = 1e-2}).wanted(0, {.ready = 1'000'000, .stable = 1e9, .panic = 0}) == 1'000'000'000);
}

TEST_CASE("knative-kpa: started beside several pods it is in panic, and keeps them for a window", "[kpa]") {
  KpaRule rule(kTen);
  CHECK(rule.wanted(0, {.ready = 5, .stable = 0, .panic = 0}) == 5);
  CHECK(rule.wanted(60 * kSecond, {.ready = 5, .stable = 0, .panic = 0}) == 5);
  CHECK(rule.wanted(62 * kSecond, {.ready = 5, .stable = 0, .panic = 0}) == 2);
}

TEST_CASE("knative-kpa: activation scale and scale-down delay", "[kpa]") {
  KpaRule three({.target = 10, .activation_scale = 3});
  CHECK(three.wanted(0, {.ready = 0, .stable = 0, .panic = 0}) == 0);
  CHECK(three.wanted(0, {.ready = 0, .stable = 1, .panic = 1}) == 3);
  CHECK(three.wanted(0, {.ready = 3, .stable = 35, .panic = 35}) == 4);
  KpaRule late({.target = 10, .panic_threshold = 100, .scale_down_delay = 10 * kSecond});
  CHECK(late.wanted(0, {.ready = 3, .stable = 60, .panic = 0}) == 6);
  CHECK(late.wanted(4 * kSecond, {.ready = 6, .stable = 50, .panic = 0}) == 6);
  CHECK(late.wanted(9 * kSecond, {.ready = 6, .stable = 40, .panic = 0}) == 6);
}

TEST_CASE("knative-kpa: what was wanted before the scale-down delay is forgotten", "[kpa]") {
  KpaRule late({.target = 10, .scale_down_delay = 10 * kSecond});
  CHECK(late.wanted(0, {.ready = 1, .stable = 10, .panic = 0}) == 1);
  CHECK(late.wanted(2 * kSecond, {.ready = 1, .stable = 60, .panic = 0}) == 6);
  CHECK(late.wanted(6 * kSecond, {.ready = 6, .stable = 50, .panic = 0}) == 6);
  CHECK(late.wanted(11 * kSecond, {.ready = 6, .stable = 40, .panic = 0}) == 6);
  CHECK(late.wanted(12 * kSecond, {.ready = 6, .stable = 40, .panic = 0}) == 5);  // wanted at 6 s
  CHECK(late.wanted(16 * kSecond, {.ready = 6, .stable = 70, .panic = 0}) == 7);  // upwards there is no delay
}

TEST_CASE("knative-kpa: the last pod stays until the activator has been in the path for the grace", "[kpa]") {
  constexpr Ticks kWindow = 60 * kSecond;
  KpaLastPod last(kWindow, 30 * kSecond, 0);
  CHECK(last.kept(0, 0, 0, 0, false) == 0);  // there is none to keep
  CHECK(last.kept(0, 1, 1, 2, false) == 2);
  CHECK(last.kept(20 * kSecond, 1, 1, 0, false) == 1);  // ready for less than a window
  CHECK(last.kept(58 * kSecond, 1, 1, 1, false) == 1);
  // None is wanted from 70 s on: the activator comes into the path.
  CHECK(last.kept(70 * kSecond, 1, 1, 0, false) == 1);
  CHECK(last.kept(99 * kSecond, 1, 1, 0, false) == 1);
  CHECK(last.kept(100 * kSecond, 1, 1, 0, false) == 0);
  CHECK(last.kept(102 * kSecond, 0, 0, 0, false) == 0);

  // Without room for a burst it has been there all the time.
  KpaLastPod proxied(kWindow, 30 * kSecond, 0);
  CHECK(proxied.kept(0, 1, 1, 1, true) == 1);
  CHECK(proxied.kept(50 * kSecond, 1, 1, 0, true) == 1);
  CHECK(proxied.kept(60 * kSecond, 1, 1, 0, true) == 0);

  // It comes into the path 10 s before none is wanted, and leaves it when some are wanted again.
  KpaLastPod late(kWindow, 30 * kSecond, 0);
  CHECK(late.kept(0, 1, 1, 1, false) == 1);
  CHECK(late.kept(60 * kSecond, 1, 1, 1, true) == 1);
  CHECK(late.kept(70 * kSecond, 1, 1, 0, false) == 1);
  CHECK(late.kept(80 * kSecond, 1, 1, 1, false) == 1);
  CHECK(late.kept(150 * kSecond, 1, 1, 0, false) == 1);
  CHECK(late.kept(179 * kSecond, 1, 1, 0, false) == 1);
  CHECK(late.kept(180 * kSecond, 1, 1, 0, false) == 0);

  // A retention counts from when none is wanted.
  KpaLastPod retained(kWindow, 30 * kSecond, 90 * kSecond);
  CHECK(retained.kept(0, 1, 1, 1, true) == 1);
  CHECK(retained.kept(60 * kSecond, 1, 1, 0, true) == 1);
  CHECK(retained.kept(149 * kSecond, 1, 1, 0, true) == 1);
  CHECK(retained.kept(150 * kSecond, 1, 1, 0, true) == 0);
}

TEST_CASE("knative-kpa: what is left for a burst", "[kpa]") {
  CHECK(kpa_excess_burst(100, 211, {.ready = 1, .panic = 0}) == -111);
  CHECK(kpa_excess_burst(100, 211, {.ready = 3, .panic = 20.5}) == 68);
  CHECK(kpa_excess_burst(100, 0, {.ready = 0, .panic = 20}) == 0);
  CHECK(kpa_excess_burst(100, -1, {.ready = 9, .panic = 0}) == -1);
}

TEST_CASE("a mean over a window weighs each interval by the part of it inside", "[kpa]") {
  WindowMean mean(6 * kSecond);
  CHECK(mean.value() == 0.0);
  mean.add(0, 0, 99.0);
  CHECK(mean.value() == 0.0);
  mean.add(0, 2 * kSecond, 10.0);
  CHECK(mean.value() == 10.0);  // of two seconds, for no more was seen
  mean.add(2 * kSecond, 6 * kSecond, 40.0);
  CHECK(mean.value() == Approx((2 * 10.0 + 4 * 40.0) / 6));
  mean.add(6 * kSecond, 9 * kSecond, 0.0);
  CHECK(mean.value() == Approx(3 * 40.0 / 6));
  mean.add(9 * kSecond, 30 * kSecond, 7.0);
  CHECK(mean.value() == 7.0);
}

// The known result: ten times the load, all at once, on pods that take a while to start.
TEST_CASE("knative-kpa panics and recovers as its rule says", "[kpa]") {
  const auto policy = kpa({{"target", 10}, {"target_utilization_percentage", 100}});
  std::int32_t pods = 1;
  std::vector<std::pair<std::int64_t, std::int32_t>> changes;
  std::vector<std::int32_t> at(200, 0);
  for (std::int64_t at_s = 0; at_s < 200; at_s += 2) {
    // 10 requests in flight, 100 from 60 s to 90 s; what is asked for in the burst is ready at 80 s.
    const double in_flight = at_s > 60 && at_s <= 90 ? 100.0 : 10.0;
    const std::int32_t ready = at_s > 60 && at_s < 80 ? 1 : pods;
    const AutoscaleDecision decision = policy->decide({.now = at_s * kSecond,
                                                       .maximum = 50,
                                                       .target = pods,
                                                       .ready = ready,
                                                       .outstanding = static_cast<std::int64_t>(in_flight),
                                                       .mean_outstanding = in_flight});
    CHECK(decision.wake_at == (at_s + 2) * kSecond);
    if (decision.replicas != pods) {
      changes.emplace_back(at_s, decision.replicas);
    }
    pods = decision.replicas;
  }
  CHECK(changes == std::vector<std::pair<std::int64_t, std::int32_t>>{
                       {62, 4},     // short window: (4 s x 10 + 2 s x 100) / 6 s = 40
                       {64, 7},     // 70
                       {66, 10},    // 100
                       {140, 5},    // last over the threshold at 78 s, one ready; mean of 80 to 140 s is 25, but no
                                    // more than half may go
                       {142, 3},    // (8 s x 100 + 52 s x 10) / 60 s = 22
                       {144, 2},    // (6 s x 100 + 54 s x 10) / 60 s = 19
                       {150, 1}});  // 10 again
}

TEST_CASE("knative-kpa: a request that comes to none gets a pod at once, and after window and grace none is left",
          "[kpa]") {
  const auto policy = kpa({{"target", 10}, {"activation_scale", 2}, {"target_burst_capacity", 0}});
  CHECK(policy->at_zero() == AtZero::activates);
  const auto look = [&](double at_s, std::int32_t pods, double mean, std::int64_t outstanding) {
    return policy
        ->decide({.now = to_ticks(at_s),
                  .maximum = 50,
                  .target = pods,
                  .ready = pods,
                  .outstanding = outstanding,
                  .mean_outstanding = mean})
        .replicas;
  };
  // The initial scale was never reached: one pod, whatever is wanted.
  CHECK(look(0, 0, 0.0, 0) == 1);
  CHECK(look(2, 1, 0.0, 0) == 1);  // reached
  CHECK(look(60, 1, 0.0, 0) == 1);
  CHECK(look(62, 1, 0.0, 0) == 1);  // a stable window later: the grace begins
  CHECK(look(90, 1, 0.0, 0) == 1);
  CHECK(look(92, 1, 0.0, 0) == 0);
  CHECK(look(93.5, 0, 0.0, 1) == 2);  // asked in between, for a request has come
  CHECK(look(94, 2, 1.0, 0) == 2);
  // It was in flight for half a second, which the stable window sees for 60 s.
  CHECK(look(152, 2, 0.0, 0) == 2);
  CHECK(look(154, 2, 0.0, 0) == 1);  // none wanted, but half of 2 stays
  CHECK(look(156, 1, 0.0, 0) == 1);  // none
  CHECK(look(185, 1, 0.0, 0) == 1);
  CHECK(look(186, 1, 0.0, 0) == 0);
}

TEST_CASE("knative-kpa: requests per second as the metric, and the default utilisation", "[kpa]") {
  const auto policy = kpa({{"metric", 1}, {"target", 200}});
  const AutoscaleView view{.now = 2 * kSecond,
                           .maximum = 50,
                           .target = 3,
                           .ready = 3,
                           .outstanding = 1,
                           .mean_outstanding = 1,
                           .arrivals_per_s = 561};
  CHECK(policy->decide(view).replicas == 5);  // ceil(561 / 140)
}

}  // namespace idlewatt
