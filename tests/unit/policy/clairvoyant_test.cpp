// The clairvoyant autoscaler, with a future written by hand.
#include <map>
#include <utility>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

/// Work by the second in which it arrives.
class WrittenFuture final : public Forecast {
 public:
  explicit WrittenFuture(std::map<std::int64_t, double> work_s) : work_s_(std::move(work_s)) {}

  double replica_seconds(Ticks from, Ticks to) override {
    double sum = 0.0;
    for (const auto& [at, work] : work_s_) {
      sum += at * kSecond >= from && at * kSecond < to ? work : 0.0;
    }
    asked_until = std::max(asked_until, to);
    ++asked;
    return sum;
  }

  Ticks asked_until = 0;
  std::int64_t asked = 0;

 private:
  std::map<std::int64_t, double> work_s_;
};

/// Plans for half a replica's throughput, decides every 10 s, looks at windows of 10 s.
std::unique_ptr<AutoscalePolicy> clairvoyant(double keep_s) {
  const AutoscaleDeclaration declaration = declare_clairvoyant();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("utilisation", 0.5);
  parameters.set("interval", 10);
  parameters.set("window", 10);
  parameters.set("keep", keep_s);
  return declaration.make(parameters);
}

struct Look {
  std::int64_t at_s = 0;
  std::int32_t replicas = 0;
};

/// From one replica, a cold start of 60 s.
void check_decisions(AutoscalePolicy& policy, Forecast& forecast, std::int32_t most, const std::vector<Look>& looks) {
  std::int32_t target = 1;
  for (const Look& look : looks) {
    INFO("at " << look.at_s << " s");
    const AutoscaleDecision decision = policy.decide({.now = look.at_s * kSecond,
                                                      .minimum = 1,
                                                      .maximum = most,
                                                      .target = target,
                                                      .cold_start = 60 * kSecond,
                                                      .forecast = &forecast});
    CHECK(decision.replicas == look.replicas);
    CHECK(decision.wake_at == (look.at_s + 10) * kSecond);
    target = decision.replicas;
  }
}

}  // namespace

TEST_CASE("clairvoyant: replicas start a cold start before their work arrives, and stop when it is over") {
  // 20 s of work in the 10 s from 100 s on, at half throughput: 4 replicas.
  WrittenFuture future({{100, 12.0}, {109, 8.0}});
  const auto policy = clairvoyant(0.0);
  CHECK(declare_clairvoyant().info.clairvoyant);
  check_decisions(*policy, future, 9,
                  {{0, 1}, {20, 1}, {30, 1}, {40, 4}, {50, 4}, {90, 4}, {100, 4}, {110, 1}, {120, 1}});
}

TEST_CASE("clairvoyant: it takes the busiest window, not the mean") {
  WrittenFuture future({{5, 2.0}, {15, 11.0}, {25, 2.0}});
  check_decisions(*clairvoyant(0.0), future, 9, {{0, 3}, {10, 3}, {20, 1}});
}

TEST_CASE("clairvoyant: what is needed again soon is kept, not started early") {
  // 4 replicas from 0 s, and 2 from 150 s on.
  WrittenFuture future({{0, 20.0}, {150, 10.0}});
  // At 10 s it sees until 80 s, and what it keeps until 180 s: 2 of the 4 stay.
  check_decisions(*clairvoyant(100.0), future, 9, {{0, 4}, {10, 2}, {80, 2}, {150, 2}, {160, 1}});
  // Nobody keeps what is not there: the 2 start for 150 s and no sooner.
  WrittenFuture later({{150, 10.0}});
  check_decisions(*clairvoyant(100.0), later, 9, {{0, 1}, {80, 1}, {90, 2}});
}

TEST_CASE("clairvoyant: never above the maximum, however much work there is") {
  WrittenFuture future({{10, 1e300}});
  check_decisions(*clairvoyant(0.0), future, 9, {{0, 9}, {20, 1}});
}

TEST_CASE("clairvoyant: it looks no further than a cold start, an interval, what it keeps, and a window") {
  WrittenFuture future({});
  check_decisions(*clairvoyant(100.0), future, 9, {{0, 1}});
  CHECK(future.asked_until <= (60 + 10 + 100 + 10) * kSecond);
}

TEST_CASE("clairvoyant: what it looks at grows with the time that passes, not with keep over window") {
  // Work 20 hours ahead that two replicas are kept for; a window of a second, a decision every two.
  constexpr std::int64_t peak_s = 20 * 3600;
  WrittenFuture future({{peak_s, 1.0}});
  const AutoscaleDeclaration declaration = declare_clairvoyant();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("utilisation", 0.5);
  parameters.set("interval", 2);
  parameters.set("window", 1);
  parameters.set("keep", 86'400);
  const auto policy = declaration.make(parameters);
  std::int32_t target = 2;
  std::int64_t decisions = 0;
  for (std::int64_t at = 0; at < peak_s; at += 2, ++decisions) {
    target = policy
                 ->decide({.now = at * kSecond,
                           .minimum = 0,
                           .maximum = 4,
                           .target = target,
                           .cold_start = 10 * kSecond,
                           .forecast = &future})
                 .replicas;
    REQUIRE(target == 2);
  }
  // Windows within a cold start, 12 a decision; up to the peak once; then that window alone. It was 36,000 a decision.
  CHECK(future.asked < peak_s + 20 * decisions);
}

}  // namespace idlewatt
