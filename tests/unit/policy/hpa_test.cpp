// The Kubernetes rule, decision by decision as replica_calculator.go and horizontal.go make them.
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/autoscale/hpa_rule.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

std::unique_ptr<AutoscalePolicy> hpa(const std::vector<std::pair<std::string, double>>& changes = {}) {
  const AutoscaleDeclaration declaration = declare_hpa();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  for (const auto& [name, value] : changes) {
    parameters.set(name, value);
  }
  return declaration.make(parameters);
}

/// A controller of 1 to 20 pods and a target of 16 requests a pod, all else by default.
class Controller {
 public:
  explicit Controller(std::int32_t pods, const std::vector<std::pair<std::string, double>>& changes = {})
      : policy_(hpa(changes)), pods_(pods) {}

  /// The pods after a look at `at_s`, when `ready` pods have `ongoing` requests and the others of the last decision are
  /// pending.
  std::int32_t look(std::int64_t at_s, std::int32_t ready, std::int64_t ongoing) {
    const AutoscaleDecision decision = policy_->decide({.now = at_s * kSecond,
                                                        .minimum = 1,
                                                        .maximum = 20,
                                                        .target = pods_,
                                                        .ready = ready,
                                                        .unready = pods_ - ready,
                                                        .pending = pods_ - ready,
                                                        .ongoing = ongoing});
    CHECK(decision.wake_at == (at_s + 15) * kSecond);
    return pods_ = decision.replicas;
  }

 private:
  std::unique_ptr<AutoscalePolicy> policy_;
  std::int32_t pods_;
};

/// A direction as the policy's parameters have it; 0: no such policy.
struct Direction {
  Ticks stabilization = 0;
  std::int32_t pods = 0;
  double percent = 0.0;
  Ticks period = 0;
  Ticks percent_period = 0;
  HpaSelect select = HpaSelect::max;
};

HpaDirection direction(const Direction& d) {
  HpaDirection result{.stabilization = d.stabilization, .select = d.select};
  if (d.pods > 0) {
    result.policies.push_back({HpaScalingPolicy::Type::pods, 1.0 * d.pods, d.period});
  }
  if (d.percent > 0.0) {
    result.policies.push_back(
        {HpaScalingPolicy::Type::percent, d.percent, d.percent_period > 0 ? d.percent_period : d.period});
  }
  return result;
}

HpaLoop normalizer(const Direction& up, const Direction& down) {
  return HpaLoop(HpaBehavior{.up = direction(up), .down = direction(down)});
}

constexpr Direction kFree{};  // no window, no limit

}  // namespace

TEST_CASE("hpa: a spike, its decay and the way down, decision by decision", "[hpa]") {
  Controller pods(2, {{"behavior", 1}});
  // 32 / 2 = 16 a pod: on target.
  CHECK(pods.look(0, 2, 32) == 2);
  // 17.5 a pod, 9 % above: within the tolerance of 10 %.
  CHECK(pods.look(15, 2, 35) == 2);
  // 100 a pod: ceil(200 / 16) = 13 wanted. At most +4 or x2 in 15 s, the larger: 2 + 4.
  CHECK(pods.look(30, 2, 200) == 6);
  // 4 of the 6 are not ready and count as 0: 43 a pod, ceil(260 / 16) = 17 wanted. The change at 30 s is not after
  // 45 s - 15 s any more: the larger of 6 + 4 and 6 x 2.
  CHECK(pods.look(45, 2, 260) == 12);
  // The ready ones have 90 each; all 12 would have 15 each: within the tolerance.
  CHECK(pods.look(60, 2, 180) == 12);
  // The ready ones are above the target, all 12 would be below it: the direction turns, so nothing is done.
  CHECK(pods.look(75, 2, 120) == 12);
  // All ready, 17.5 each.
  CHECK(pods.look(90, 12, 210) == 12);
  // 25 each: ceil(300 / 16) = 19, below the limit of 24.
  CHECK(pods.look(105, 12, 300) == 19);
  // ceil(400 / 16) = 25 wanted and 38 allowed, but 20 is the maximum.
  CHECK(pods.look(120, 12, 400) == 20);
  // The spike is over: ceil(100 / 16) = 7, below the target with or without the pod that is not ready. In the last
  // 300 s up to 25 were wanted, so nothing goes.
  CHECK(pods.look(135, 19, 100) == 20);
  // 6 wanted.
  CHECK(pods.look(150, 20, 90) == 20);
  // 3 wanted, until the 25 wanted at 120 s leave the window: at 420 s they are not after 420 s - 300 s.
  for (std::int64_t at_s = 165; at_s < 420; at_s += 15) {
    CHECK(pods.look(at_s, 20, 48) == 20);
  }
  // The most that was wanted after 120 s: 7, at 135 s. 100 % may go at once.
  CHECK(pods.look(420, 20, 48) == 7);
  // After 135 s: 6, at 150 s.
  CHECK(pods.look(435, 7, 48) == 6);
  // After 150 s: 3.
  CHECK(pods.look(450, 6, 48) == 3);
  // Nothing to do: 0 wanted, 3 within the window.
  CHECK(pods.look(465, 3, 0) == 3);
  // A second spike meets the way down: ceil(200 / 16) = 13, at most 3 + 4.
  CHECK(pods.look(480, 3, 200) == 7);
  // And it was a short one: 13 stay wanted in the window until 780 s.
  for (std::int64_t at_s = 495; at_s < 780; at_s += 15) {
    CHECK(pods.look(at_s, 7, 0) == 7);
  }
  // 0 wanted for 300 s: down to the minimum.
  CHECK(pods.look(780, 7, 0) == 1);
  CHECK(pods.look(795, 1, 0) == 1);
}

TEST_CASE("hpa: without behavior what was wanted lately counts on the way up, which doubles at most", "[hpa]") {
  // From 1, 20 are wanted for two rounds, then 6: 4 8 16 20 20, where a behavior with all its defaults goes 5 10 10.
  const auto replicas = [](double behavior) {
    const auto policy = hpa({{"behavior", behavior}, {"metric", 1}, {"target", 1}});
    std::vector<std::int32_t> seen;
    std::int32_t pods = 1;
    for (std::int64_t round = 0; round < 26; ++round) {
      pods = policy
                 ->decide({.now = round * 15 * kSecond,
                           .minimum = 1,
                           .maximum = 50,
                           .target = pods,
                           .ready = pods,
                           .queued = round < 2 ? 20 : 6})
                 .replicas;
      seen.push_back(pods);
    }
    return seen;
  };
  const std::vector<std::int32_t> without = replicas(0);
  CHECK(std::vector(without.begin(), without.begin() + 5) == std::vector<std::int32_t>{4, 8, 16, 20, 20});
  CHECK(replicas(2) == without);
  // 20 were last wanted at 15 s, which the window of 300 s includes to its very beginning, 315 s.
  CHECK(without[21] == 20);
  CHECK(without[22] == 6);
  const std::vector<std::int32_t> with = replicas(1);
  CHECK(std::vector(with.begin(), with.begin() + 5) == std::vector<std::int32_t>{5, 10, 10, 10, 10});
}

TEST_CASE("hpa: replicas that start are missing, not idle", "[hpa]") {
  const auto look = [](std::int32_t ready, std::int32_t starting, std::int64_t ongoing, double target,
                       std::int32_t pending = 0) {
    return hpa({{"target", target}, {"down_stabilization", 0}})
        ->decide({.minimum = 1,
                  .maximum = 50,
                  .target = ready + starting + pending,
                  .ready = ready,
                  .unready = starting + pending,
                  .pending = pending,
                  .ongoing = ongoing})
        .replicas;
  };
  CHECK(look(2, 4, 12, 8) == 6);     // alone 0.75 down to 2; with the missing at the target 0.917
  CHECK(look(2, 8, 30, 5) == 10);    // alone 3.0 up; with the missing at 0 the direction turns
  CHECK(look(2, 0, 12, 8, 4) == 2);  // pending pods do not hold the others back on the way down
  CHECK(look(0, 3, 0, 8) == 3);      // no pod reports: nothing is known, nothing changes
}

TEST_CASE("hpa: nothing is scaled down in the first window, for the pods found there count as wanted", "[hpa]") {
  Controller pods(8);
  for (std::int64_t at_s = 0; at_s <= 300; at_s += 15) {
    CHECK(pods.look(at_s, 8, 0) == 8);
  }
  CHECK(pods.look(315, 8, 0) == 1);
  Controller with_behavior(8, {{"behavior", 1}});  // whose windows do not include their very beginning
  for (std::int64_t at_s = 0; at_s < 300; at_s += 15) {
    CHECK(with_behavior.look(at_s, 8, 0) == 8);
  }
  CHECK(with_behavior.look(300, 8, 0) == 1);
}

TEST_CASE("hpa: pods for a metric averaged over pods", "[hpa]") {
  const auto desired = [](double sum, std::int32_t ready, std::int32_t unready, std::int32_t current) {
    return hpa_pods_metric({.sum_milli = to_milli(sum), .reporting = ready, .unready = unready}, 10'000, {}, current)
        ->replicas;
  };
  CHECK(desired(100, 5, 0, 5) == 10);
  CHECK(desired(101, 5, 0, 5) == 11);  // rounded up
  CHECK(desired(54, 5, 0, 5) == 5);    // 8 % above
  CHECK(desired(46, 5, 0, 5) == 5);    // 8 % below
  CHECK(desired(56, 5, 0, 5) == 6);
  CHECK(desired(44, 5, 0, 5) == 5);  // 12 % below, and rounded up
  CHECK(desired(40, 5, 0, 5) == 4);
  CHECK(desired(0, 5, 0, 5) == 0);  // the minimum is the loop's
  // No pod reports: no metric.
  CHECK_FALSE(hpa_pods_metric({.unready = 3}, 10'000, {}, 3));
  // Down: pods that are pending do not count.
  CHECK(desired(20, 4, 4, 8) == 2);
  // Up: they count as idle.
  CHECK(desired(100, 4, 2, 6) == 10);
  CHECK(desired(63, 4, 2, 6) == 6);  // 10.5 each of six: within the tolerance
  CHECK(desired(50, 4, 2, 6) == 6);  // 12.5 each of four, 8.3 of six: the direction turns
  // More wanted than now, but no more than are asked for already.
  CHECK(desired(90, 4, 2, 12) == 12);
}

TEST_CASE("hpa: a sum that is a whole multiple of the target wants that many pods, or one more by its rounding",
          "[hpa]") {
  std::int32_t one_more = 0;
  for (std::int32_t target = 1; target <= 20; ++target) {
    for (std::int32_t wanted = 1; wanted <= 60; ++wanted) {
      for (std::int32_t ready = 1; ready <= 60; ++ready) {
        if (wanted != ready) {
          const std::int32_t pods = hpa_pods_metric({.sum_milli = 1000LL * wanted * target, .reporting = ready},
                                                    1000LL * target, {0.0, 0.0}, ready)
                                        ->replicas;
          REQUIRE((pods == wanted || pods == wanted + 1));
          one_more += pods - wanted;
        }
      }
    }
  }
  CHECK(one_more < 20 * 60 * 60 / 50);  // Kubernetes multiplies the rounded ratio by the pods again
}

TEST_CASE("hpa: pods for a total", "[hpa]") {
  const auto desired = [](double total, std::int32_t current) {
    return hpa_average_metric(to_milli(total), 10'000, {}, current).replicas;
  };
  CHECK(desired(55, 5) == 5);  // 10 % above, the edge included
  CHECK(desired(55.1, 5) == 6);
  CHECK(desired(54, 5) == 5);
  CHECK(desired(46, 5) == 5);
  CHECK(desired(31, 5) == 4);
  CHECK(desired(0, 5) == 0);
  CHECK(desired(31, 0) == 4);
  CHECK(desired(0, 0) == 0);
}

TEST_CASE("hpa: a value is not divided by the pods, and counts the ready ones", "[hpa]") {
  const auto desired = [](double total, std::int32_t current, std::int32_t ready) {
    return hpa_value_metric(to_milli(total), 30'000, {}, current, ready).replicas;
  };
  CHECK(desired(45, 4, 4) == 6);
  CHECK(desired(32, 4, 4) == 4);  // 6.7 % above
  CHECK(desired(45, 6, 6) == 9);  // it goes on as long as the metric does not fall
  CHECK(desired(45, 6, 2) == 3);
  CHECK(desired(45, 0, 0) == 2);
}

TEST_CASE("hpa: tolerance by direction", "[hpa]") {
  const HpaTolerance tolerance{.up = 0.0, .down = 0.3};
  const auto desired = [&](double each) {
    return hpa_pods_metric({.sum_milli = to_milli(10 * each), .reporting = 10}, 20'000, tolerance, 10)->replicas;
  };
  CHECK(desired(21) == 11);
  CHECK(desired(20) == 10);
  CHECK(desired(15) == 10);
  CHECK(desired(13) == 7);
}

TEST_CASE("hpa: of several metrics the largest, unless one says nothing and the rest would scale down", "[hpa]") {
  using Proposals = std::vector<std::optional<std::int32_t>>;
  CHECK(hpa_largest(Proposals{3, 6}, 4) == 6);
  CHECK(hpa_largest(Proposals{6, 3}, 4) == 6);
  CHECK(hpa_largest(Proposals{std::nullopt, 6}, 4) == 6);
  CHECK_FALSE(hpa_largest(Proposals{std::nullopt, 3}, 4));
  CHECK_FALSE(hpa_largest(Proposals{std::nullopt}, 4));
  CHECK(hpa_largest(Proposals{0, 0}, 4) == 0);
}

TEST_CASE("hpa: values are whole thousandths, the rest cut off", "[hpa]") {
  CHECK(to_milli(1.2345) == 1234);
  CHECK(to_milli(-1.2345) == -1234);
  CHECK(to_milli(std::numeric_limits<double>::quiet_NaN()) == 0);
  CHECK(to_milli(std::numeric_limits<double>::infinity()) == 9'000'000'000'000'000);
}

TEST_CASE("hpa: two policies of one type, each with its period", "[hpa]") {
  HpaLoop loop(HpaBehavior{.up = {.policies = {{HpaScalingPolicy::Type::pods, 2, 15 * kSecond},
                                               {HpaScalingPolicy::Type::pods, 5, 60 * kSecond}},
                                  .select = HpaSelect::min},
                           .down = {}});
  CHECK(loop.sync(0, 10, 99, 1, 99) == 12);
  CHECK(loop.sync(15 * kSecond, 12, 99, 1, 99) == 14);
  CHECK(loop.sync(30 * kSecond, 14, 99, 1, 99) == 15);  // 10 at the beginning of the minute
  CHECK(loop.sync(45 * kSecond, 15, 99, 1, 99) == 15);
  CHECK(loop.sync(60 * kSecond, 15, 99, 1, 99) == 17);
}

TEST_CASE("hpa: a change is forgotten by the longest period of its own direction", "[hpa]") {
  // Up: 5 in 15 s. Down: 3 in 600 s, counted from what was there 600 s ago.
  const HpaBehavior behavior{.up = {.policies = {{HpaScalingPolicy::Type::pods, 5, 15 * kSecond}}},
                             .down = {.policies = {{HpaScalingPolicy::Type::pods, 3, 600 * kSecond}}}};
  HpaLoop once(behavior);
  CHECK(once.sync(0, 10, 15, 1, 99) == 15);
  CHECK(once.sync(40 * kSecond, 15, 1, 1, 99) == 7);  // 10 - 3
  HpaLoop twice(behavior);
  CHECK(twice.sync(0, 10, 15, 1, 99) == 15);
  CHECK(twice.sync(20 * kSecond, 15, 20, 1, 99) == 20);  // the 5 of 0 s are older than 15 s: their place is taken
  CHECK(twice.sync(40 * kSecond, 20, 1, 1, 99) == 12);   // 20 - 5 - 3, though the period downwards reaches back to 0 s
}

TEST_CASE("hpa: more pods than an integer holds are as many as the maximum", "[hpa]") {
  constexpr std::int64_t kHuge = 9'000'000'000'000'000'000;
  CHECK(hpa_average_metric(kHuge, 1, {}, 5).replicas == std::numeric_limits<std::int32_t>::max());
  CHECK(hpa_pods_metric({.sum_milli = kHuge, .reporting = 1}, 1, {}, 1)->replicas ==
        std::numeric_limits<std::int32_t>::max());
  HpaLoop free = normalizer({.pods = std::numeric_limits<std::int32_t>::max(), .percent = 1e6, .period = 15}, {});
  CHECK(free.sync(0, 1'000'000, std::numeric_limits<std::int32_t>::max(), 1, 2'000'000) == 2'000'000);
}

TEST_CASE("hpa: the window upwards takes the lowest that was wanted", "[hpa]") {
  HpaLoop rule = normalizer({.stabilization = 60 * kSecond}, kFree);
  CHECK(rule.sync(0, 2, 9, 1, 99) == 2);  // what it found counts as wanted
  CHECK(rule.sync(30 * kSecond, 2, 7, 1, 99) == 2);
  CHECK(rule.sync(60 * kSecond, 2, 8, 1, 99) == 7);  // what was wanted at 0 is not after 0 any more
  CHECK(rule.sync(90 * kSecond, 7, 9, 1, 99) == 8);
  CHECK(rule.sync(91 * kSecond, 8, 3, 1, 99) == 3);  // downwards there is no window
}

TEST_CASE("hpa: the window downwards takes the highest that was wanted", "[hpa]") {
  HpaLoop rule = normalizer(kFree, {.stabilization = 60 * kSecond});
  CHECK(rule.sync(0, 9, 3, 1, 99) == 9);
  CHECK(rule.sync(30 * kSecond, 9, 4, 1, 99) == 9);
  CHECK(rule.sync(59 * kSecond, 9, 1, 1, 99) == 9);
  CHECK(rule.sync(60 * kSecond, 9, 1, 1, 99) == 4);
  CHECK(rule.sync(61 * kSecond, 4, 12, 1, 99) == 12);  // upwards there is none
}

TEST_CASE("hpa: with both windows the present stays where it lies between what was wanted", "[hpa]") {
  HpaLoop rule = normalizer({.stabilization = 60 * kSecond}, {.stabilization = 120 * kSecond});
  CHECK(rule.sync(0, 5, 8, 1, 99) == 5);
  CHECK(rule.sync(30 * kSecond, 5, 2, 1, 99) == 5);
  CHECK(rule.sync(61 * kSecond, 5, 7, 1, 99) == 5);   // lowest after 1 s: 2; highest: 8
  CHECK(rule.sync(95 * kSecond, 5, 6, 1, 99) == 6);   // lowest after 35 s: 6
  CHECK(rule.sync(125 * kSecond, 9, 3, 1, 99) == 7);  // highest after 5 s: 7
  CHECK(rule.sync(182 * kSecond, 7, 3, 1, 99) == 6);  // after 62 s: 6
}

TEST_CASE("hpa: of two limits upwards the one that allows more", "[hpa]") {
  const Direction up{.pods = 4, .percent = 100, .period = 15 * kSecond};
  CHECK(normalizer(up, kFree).sync(0, 1, 99, 1, 99) == 5);
  CHECK(normalizer(up, kFree).sync(0, 10, 99, 1, 99) == 20);
  CHECK(normalizer({.pods = 4, .period = 15 * kSecond}, kFree).sync(0, 10, 99, 1, 99) == 14);
  // Rounded up, so that a small percentage of few pods is not nothing.
  CHECK(normalizer({.percent = 10, .period = 15 * kSecond}, kFree).sync(0, 1, 99, 1, 99) == 2);
  CHECK(normalizer(kFree, kFree).sync(0, 1, 99, 1, 99) == 99);
}

TEST_CASE("hpa: of two limits downwards the one that allows more", "[hpa]") {
  const Direction down{.pods = 3, .percent = 50, .period = 15 * kSecond};
  CHECK(normalizer(kFree, down).sync(0, 4, 0, 0, 99) == 1);
  CHECK(normalizer(kFree, down).sync(0, 10, 0, 0, 99) == 5);
  CHECK(normalizer(kFree, {.pods = 3, .period = 15 * kSecond}).sync(0, 10, 0, 0, 99) == 7);
  // Half of 5 are 2.5: what stays is cut off.
  CHECK(normalizer(kFree, {.percent = 50, .period = 15 * kSecond}).sync(0, 5, 0, 0, 99) == 2);
  CHECK(normalizer(kFree, kFree).sync(0, 10, 0, 0, 99) == 0);
}

TEST_CASE("hpa: of two limits the one that allows less, or no change at all, where the behavior says so", "[hpa]") {
  Direction up{.pods = 4, .percent = 100, .period = 15 * kSecond, .select = HpaSelect::min};
  CHECK(normalizer(up, kFree).sync(0, 1, 99, 1, 99) == 2);
  CHECK(normalizer(up, kFree).sync(0, 10, 99, 1, 99) == 14);
  up.select = HpaSelect::disabled;
  CHECK(normalizer(up, kFree).sync(0, 10, 99, 1, 99) == 10);
  CHECK(normalizer(up, kFree).sync(0, 10, 3, 1, 99) == 3);
  Direction down{.pods = 3, .percent = 50, .period = 15 * kSecond, .select = HpaSelect::min};
  CHECK(normalizer(kFree, down).sync(0, 4, 0, 0, 99) == 2);
  CHECK(normalizer(kFree, down).sync(0, 10, 0, 0, 99) == 7);
  down.select = HpaSelect::disabled;
  CHECK(normalizer(kFree, down).sync(0, 10, 0, 0, 99) == 10);
  CHECK(normalizer(kFree, down).sync(0, 10, 12, 0, 99) == 12);
}

TEST_CASE("hpa: each limit may have a period of its own", "[hpa]") {
  HpaLoop rule = normalizer({.pods = 2, .percent = 50, .period = 60 * kSecond, .percent_period = 15 * kSecond}, kFree);
  CHECK(rule.sync(0, 10, 99, 1, 99) == 15);             // 10 + 2, 10 x 1.5
  CHECK(rule.sync(10 * kSecond, 15, 99, 1, 99) == 15);  // both periods began with 10
  CHECK(rule.sync(15 * kSecond, 15, 99, 1, 99) == 23);  // that of the percentage began with 15: 22.5
}

TEST_CASE("hpa: a limit counts from the pods at the start of its period", "[hpa]") {
  HpaLoop rule = normalizer({.pods = 4, .period = 60 * kSecond}, {.pods = 2, .period = 60 * kSecond});
  CHECK(rule.sync(0, 10, 12, 1, 99) == 12);             // 2 of 4
  CHECK(rule.sync(20 * kSecond, 12, 99, 1, 99) == 14);  // 2 more
  CHECK(rule.sync(40 * kSecond, 14, 99, 1, 99) == 14);  // the period began with 10
  // It began with 14 - 4 = 10 downwards, too, so 8 are allowed; 9 wanted.
  CHECK(rule.sync(50 * kSecond, 14, 9, 1, 99) == 9);
  // The period from 0 s (not included) on: +2 at 20 s, -5 at 50 s; it began with 9 - 2 + 5 = 12, up to 16.
  CHECK(rule.sync(60 * kSecond, 9, 99, 1, 99) == 16);
  // +7 at 60 s, -5 at 50 s: began with 16 - 7 + 5 = 14; +2 at 20 s is over.
  CHECK(rule.sync(80 * kSecond, 16, 99, 1, 99) == 18);
}

TEST_CASE("hpa: a limit below the present is no reason to turn back", "[hpa]") {
  HpaLoop rule = normalizer({.pods = 1, .period = 60 * kSecond}, kFree);
  CHECK(rule.sync(0, 4, 99, 1, 99) == 5);
  // Somebody else scaled to 9 meanwhile; of the pods at the period's start, 9 - 1, one more would be 9.
  CHECK(rule.sync(15 * kSecond, 9, 99, 1, 99) == 9);
}

TEST_CASE("hpa: minimum and maximum come last", "[hpa]") {
  CHECK(normalizer(kFree, kFree).sync(0, 5, 99, 2, 7) == 7);
  CHECK(normalizer(kFree, kFree).sync(0, 5, 0, 2, 7) == 2);
  CHECK(normalizer(kFree, kFree).sync(0, 9, 9, 2, 7) == 7);
  CHECK(normalizer(kFree, kFree).sync(0, 1, 1, 2, 7) == 2);
}

TEST_CASE("hpa: each metric is what it says", "[hpa]") {
  AutoscaleView view{.minimum = 1,
                     .maximum = 99,
                     .target = 3,
                     .ready = 3,
                     .ongoing = 90,
                     .queued = 60,
                     .running = 30,
                     .arrivals_per_s = 12,
                     .busy_replicas = 2.7,
                     .output_tokens_per_s = 450};
  const auto pods = [&](double metric, double target) {
    return hpa({{"metric", metric}, {"target", target}})->decide(view).replicas;
  };
  CHECK(pods(0, 20.0) == 5);   // 90 / 20 = 4.5
  CHECK(pods(1, 15.0) == 4);   // 60 / 15
  CHECK(pods(2, 0.6) == 5);    // 90 % busy each: 2.7 / 0.6 = 4.5
  CHECK(pods(3, 100.0) == 5);  // 4.5
  CHECK(pods(4, 5.0) == 6);    // 30 / 5
  CHECK(pods(5, 2.0) == 6);    // 12 / 2
  view.ready = 0;
  CHECK(pods(0, 20.0) == 3);
  CHECK(pods(1, 15.0) == 4);  // the queue can be seen without a ready pod
}

TEST_CASE("hpa: at scale 0 it is disabled, and it never goes there", "[hpa]") {
  const auto policy = hpa({{"metric", 1}, {"target", 1}, {"down_stabilization", 0}});
  const AutoscaleView idle{.now = kSecond, .minimum = 0, .maximum = 9, .target = 3, .ready = 3};
  CHECK(policy->decide(idle).replicas == 1);
  AutoscaleView zero = idle;
  zero.target = 0;
  zero.queued = 100;
  CHECK(policy->decide(zero).replicas == 0);
}

}  // namespace idlewatt
