// Idle policies that weigh a rest against its restart: what they promise, on gaps given by hand and on random ones.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "policy/idle/rest.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

/// A rest saves 40 W, and costs 1,200 J: even after 30 s. Unloading: 6,000 J, 150 s; a server: 500 W, 100 kJ, 200 s.
RestCosts costs() {
  return {.sleep = {.saved_w = 40, .restart_j = 1200, .go = 2 * kSecond, .back = 10 * kSecond},
          .unload = {.saved_w = 40, .restart_j = 6000, .go = 2 * kSecond, .back = 50 * kSecond},
          .server_off = {.saved_w = 500, .restart_j = 100e3, .go = 30 * kSecond, .back = 90 * kSecond}};
}

Parameters with(const IdleDeclaration& declaration, const std::vector<std::pair<std::string, double>>& values) {
  Parameters parameters = Parameters::defaults_of(declaration.info);
  for (const auto& [name, value] : values) {
    parameters.set(name, value);
  }
  return parameters;
}

std::unique_ptr<IdlePolicy> make(const IdleDeclaration& declaration,
                                 const std::vector<std::pair<std::string, double>>& values = {}) {
  auto policy = declaration.make(with(declaration, values));
  policy->begin(costs());
  return policy;
}

/// Arrivals written by hand.
class WrittenArrivals final : public ArrivalForecast {
 public:
  explicit WrittenArrivals(std::vector<Ticks> arrivals) : arrivals_(std::move(arrivals)) {}
  Ticks arrival(Ticks now, std::int64_t n, Ticks until) override {
    const auto first = std::lower_bound(arrivals_.begin(), arrivals_.end(), now);
    return arrivals_.end() - first <= n ? until : std::min(until, first[n]);
  }

 private:
  std::vector<Ticks> arrivals_;
};

/// Joules that a gap of one replica costs beyond a rest as long: it waits until the policy says otherwise, and whoever
/// rests must come back.
double joules_of_gap(IdlePolicy& policy, const RestCost& cost, Ticks gap) {
  WrittenArrivals forecast({gap});
  for (Ticks now = 0; now < gap;) {
    const IdleDecision decision = policy.replica_idle({.now = now, .idle_since = 0, .awake = 1, .forecast = &forecast});
    if (decision.action != IdleAction::keep) {
      return cost.saved_w * to_seconds(now) + cost.restart_j;
    }
    now = std::max(now + 1, std::min(decision.wake_at, gap));
  }
  return cost.saved_w * to_seconds(gap);
}

double optimum(const RestCost& cost, Ticks gap) {
  return std::min(cost.saved_w * to_seconds(gap), cost.restart_j);
}

/// Gaps on both sides of `even`, and of all lengths.
std::vector<Ticks> given_gaps(Ticks even) {
  return {1, kSecond, even / 2, even - 1, even, even + 1, even + kSecond, 2 * even, 10 * even, 1000 * even};
}

}  // namespace

TEST_CASE("break-even: at most twice the best choice in hindsight, restart included, whatever comes", "[idle]") {
  for (const double rest : {0.0, 1.0}) {
    const RestCost cost = rest == 0.0 ? costs().sleep : costs().unload;
    const auto policy = make(declare_break_even(), {{"rest", rest}});
    const Ticks even = to_ticks(cost.restart_j / cost.saved_w);
    double rule_j = 0.0;
    double best_j = 0.0;
    for (const Ticks gap : given_gaps(even)) {
      INFO("gap of " << to_seconds(gap) << " s");
      const double joules = joules_of_gap(*policy, cost, gap);
      CHECK(joules <= 2.0 * optimum(cost, gap) * (1.0 + 1e-12));
      CHECK(joules >= optimum(cost, gap) * (1.0 - 1e-12));
      rule_j += joules;
      best_j += optimum(cost, gap);
    }
    CHECK(rule_j <= 2.0 * best_j);
    // No better promise: what comes just after it rested costs twice the optimum.
    CHECK(joules_of_gap(*policy, cost, even + 1) == Approx(2.0 * optimum(cost, even + 1)).epsilon(1e-9));
  }
}

TEST_CASE("break-even: the promise holds on random gaps, short and long tails; another timeout breaks it", "[idle]") {
  const RestCost cost = costs().sleep;
  const auto rule = make(declare_break_even());
  const auto hasty = make(declare_break_even(), {{"factor", 0.1}});
  const auto slow = make(declare_break_even(), {{"factor", 10}});
  double hasty_worst = 0.0;
  double slow_worst = 0.0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomStream random(seed, "gaps");
    double rule_j = 0.0;
    double best_j = 0.0;
    for (int i = 0; i < 500; ++i) {
      const double u = random.uniform();
      // Exponential of a mean between 1 s and 300 s, or Pareto of shape 1.1.
      const double gap_s = seed % 2 == 0 ? -std::pow(300.0, static_cast<double>(seed) / 20.0) * std::log(1.0 - u)
                                         : 3.0 * std::pow(1.0 - u, -1.0 / 1.1);
      const Ticks gap = std::max<Ticks>(to_ticks(std::min(gap_s, 1e6)), 1);
      const double joules = joules_of_gap(*rule, cost, gap);
      const double best = optimum(cost, gap);
      CHECK(joules <= 2.0 * best * (1.0 + 1e-9));
      rule_j += joules;
      best_j += best;
      hasty_worst = std::max(hasty_worst, joules_of_gap(*hasty, cost, gap) / best);
      slow_worst = std::max(slow_worst, joules_of_gap(*slow, cost, gap) / best);
    }
    CHECK(rule_j < 2.0 * best_j);
  }
  CHECK(hasty_worst > 2.0);
  CHECK(slow_worst > 2.0);
}

TEST_CASE("break-even: servers wait for their own restart; a rest that saves nothing never pays", "[idle]") {
  const auto off = make(declare_break_even(), {{"rest", 2}});
  CHECK(off->starts_off());
  CHECK(off->replica_idle({.now = 0}).wake_at == 150 * kSecond);
  CHECK(off->replica_idle({.now = 150 * kSecond}).action == IdleAction::unload);
  CHECK(off->server_empty({.now = 200 * kSecond - 1}).wake_at == 200 * kSecond);
  CHECK(off->server_empty({.now = 200 * kSecond}).power_off);
  CHECK(off->shortest_wait() == 150 * kSecond);

  const auto sleep = make(declare_break_even());
  CHECK_FALSE(sleep->starts_off());
  CHECK(sleep->replica_idle({.now = 30 * kSecond}).action == IdleAction::sleep);
  CHECK_FALSE(sleep->server_empty({.now = kNever - 1}).power_off);

  sleep->begin({.sleep = {.saved_w = 0, .restart_j = 10, .go = 1, .back = 1}, .unload = {}, .server_off = {}});
  CHECK(sleep->shortest_wait() == kNever);
  CHECK(sleep->replica_idle({.now = kNever - 1}).action == IdleAction::keep);
}

TEST_CASE("clairvoyant: of one replica every gap costs the optimum", "[idle]") {
  const RestCost cost = costs().sleep;
  const auto policy = make(declare_clairvoyant_idle());
  CHECK(declare_clairvoyant_idle().info.clairvoyant);
  for (const Ticks gap : given_gaps(30 * kSecond)) {
    INFO("gap of " << to_seconds(gap) << " s");
    CHECK(joules_of_gap(*policy, cost, gap) == Approx(optimum(cost, gap)));
  }
}

TEST_CASE("clairvoyant: wakes the first replica in time for its request, and others when requests want them",
          "[idle]") {
  const auto policy = make(declare_clairvoyant_idle(), {{"wake_above", 4}});
  WrittenArrivals forecast({1000 * kSecond, 1000 * kSecond + 1, 1001 * kSecond});
  IdleView view{.now = 100 * kSecond, .back = 10 * kSecond, .forecast = &forecast};
  CHECK_FALSE(policy->replica_resting(view).wake);
  CHECK(policy->replica_resting(view).wake_at == 990 * kSecond);
  view.now = 990 * kSecond - 1;
  CHECK_FALSE(policy->replica_resting(view).wake);
  view.now = 990 * kSecond;
  CHECK(policy->replica_resting(view).wake);
  view.awake = 1;
  CHECK_FALSE(policy->replica_resting(view).wake);
  // With one other awake and three requests there, the second arrival would want this one: in 900 s.
  view = {.now = 100 * kSecond, .awake = 2, .outstanding = 3, .forecast = &forecast};
  CHECK(policy->replica_idle(view).action == IdleAction::sleep);
  view.now = 975 * kSecond;
  CHECK(policy->replica_idle(view).action == IdleAction::keep);
  view.outstanding = 1;  // then the fourth, which there is not
  CHECK(policy->replica_idle(view).action == IdleAction::sleep);
}

TEST_CASE("clairvoyant: a server is off while nobody will need it for as long as that pays", "[idle]") {
  const auto policy = make(declare_clairvoyant_idle(), {{"rest", 2}});
  CHECK(policy->starts_off());
  // 200 s until the restart is even, and 50 s for the replica to load.
  for (const std::int64_t gap_s : {249, 250}) {
    WrittenArrivals forecast({1000 * kSecond});
    const IdleView view{.now = (1000 - gap_s) * kSecond, .forecast = &forecast};
    CHECK(policy->server_empty(view).power_off == (gap_s == 250));
  }
}

TEST_CASE("histogram: keeps replicas for its whole range while it knows nothing", "[idle]") {
  const auto policy = make(declare_idle_histogram());
  CHECK(policy->replica_idle({.now = 5}).wake_at == 4 * 3600 * kSecond);
  CHECK(policy->replica_idle({.now = 4 * 3600 * kSecond}).action == IdleAction::sleep);
  CHECK_FALSE(policy->replica_resting({.now = 5 * 3600 * kSecond}).wake);
  // Too few to say anything.
  for (int i = 0; i < 9; ++i) {
    policy->idle_ended(30 * kSecond);
  }
  CHECK(policy->replica_idle({.now = 5}).wake_at == 4 * 3600 * kSecond);
  // And one idle time in each bin: flat.
  for (int minute = 1; minute < 240; ++minute) {
    policy->idle_ended((minute * 60 + 30) * kSecond);
  }
  CHECK(policy->replica_idle({.now = 5}).wake_at == 4 * 3600 * kSecond);
}

TEST_CASE("histogram: short idle times: kept for the tail's bin and a margin", "[idle]") {
  const auto policy = make(declare_idle_histogram());
  // 98 of 30 s, 1 of 150 s, 1 of 1,000 s: the 99th percentile lies in the third bin, the 5th in the first.
  for (int i = 0; i < 98; ++i) {
    policy->idle_ended(30 * kSecond);
  }
  policy->idle_ended(150 * kSecond);
  policy->idle_ended(1000 * kSecond);
  const Ticks tail = to_ticks(180.0 * 1.1);
  CHECK(policy->replica_idle({.now = 1}).wake_at == tail);
  CHECK(policy->replica_idle({.now = tail - 1}).action == IdleAction::keep);
  CHECK(policy->replica_idle({.now = tail}).action == IdleAction::sleep);
  CHECK(policy->shortest_wait() == 60 * kSecond);
  CHECK_FALSE(policy->replica_resting({.now = tail + 1, .back = 1}).wake);
}

TEST_CASE("histogram: long idle times: rests at once, is back just before, and stays for the rest of the window",
          "[idle]") {
  const auto policy = make(declare_idle_histogram());
  for (int i = 0; i < 50; ++i) {
    policy->idle_ended((20 * 60 + i % 2 * 60) * kSecond);  // bins 20 and 21
  }
  const Ticks from = to_ticks(20 * 60 * 0.9);
  const Ticks until = to_ticks(22 * 60 * 1.1);
  const Ticks back = 10 * kSecond;
  CHECK(policy->replica_idle({.now = 1}).action == IdleAction::sleep);
  CHECK(policy->replica_resting({.now = 3 * kSecond, .back = back}).wake_at == from - back);
  CHECK_FALSE(policy->replica_resting({.now = from - back - 1, .back = back}).wake);
  CHECK(policy->replica_resting({.now = from - back, .back = back}).wake);
  // Back: it idles since it was ready, and is free since long before.
  CHECK(policy->replica_idle({.now = from, .idle_since = from - 1}).wake_at == until);
  CHECK(policy->replica_idle({.now = until, .idle_since = from}).action == IdleAction::sleep);
  CHECK_FALSE(policy->replica_resting({.now = until + 1, .back = back}).wake);
  CHECK(policy->shortest_wait() == kSecond);
}

TEST_CASE("histogram: a rest shorter than it takes to go and come back is none", "[idle]") {
  const auto policy = make(declare_idle_histogram(), {{"bin", 1}, {"range", 100}, {"rest", 1}});
  for (int i = 0; i < 50; ++i) {
    policy->idle_ended(55 * kSecond);  // 49.5 s with the margin, and an unload takes 52 s
  }
  CHECK(policy->replica_idle({.now = 1}).action == IdleAction::keep);
  CHECK(policy->replica_idle({.now = 1}).wake_at == to_ticks(56 * 1.1));
}

TEST_CASE("histogram: where most idle times are out of bounds, the fallback counts", "[idle]") {
  const auto policy = make(declare_idle_histogram(), {{"fallback", 77}, {"observations", 4}});
  policy->idle_ended(30 * kSecond);
  policy->idle_ended(30 * kSecond);
  policy->idle_ended(5 * 3600 * kSecond);
  policy->idle_ended(5 * 3600 * kSecond);
  CHECK(policy->replica_idle({.now = 1}).wake_at == to_ticks(66));  // no more than half
  policy->idle_ended(5 * 3600 * kSecond);
  CHECK(policy->replica_idle({.now = 1}).wake_at == 77 * kSecond);
}

TEST_CASE("histogram: servers are shut down only where it says so", "[idle]") {
  CHECK_FALSE(make(declare_idle_histogram())->server_empty({.now = kNever - 1}).power_off);
  const auto off = make(declare_idle_histogram(), {{"rest", 2}, {"server_after", 40}});
  CHECK(off->starts_off());
  CHECK(off->server_empty({.now = 39 * kSecond}).wake_at == 40 * kSecond);
  CHECK(off->server_empty({.now = 40 * kSecond}).power_off);
}

}  // namespace idlewatt
