// Random rounds of a HorizontalPodAutoscaler against a small oracle that was written from the sources of Kubernetes,
// pod by pod and event by event, apart from the code that is tested: no round may differ.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "policy/autoscale/hpa_rule.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// std::mt19937_64 gives the same numbers everywhere, the distributions of the library do not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  std::int64_t from_to(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::mt19937_64 bits_;
};

/// What one metric of pods wants: every pod by its name, as the controller's maps have them.
std::optional<std::int32_t> oracle_pods(const std::map<std::string, std::int64_t>& reported,
                                        const std::vector<std::string>& missing,
                                        const std::vector<std::string>& pending, std::int64_t target, double up,
                                        double down, std::int32_t current) {
  std::map<std::string, std::int64_t> metrics = reported;
  if (metrics.empty()) {
    return std::nullopt;
  }
  const auto usage_ratio = [&] {
    std::int64_t total = 0;
    for (const auto& [name, value] : metrics) {
      total += value;
    }
    return static_cast<double>(total / static_cast<std::int64_t>(metrics.size())) / static_cast<double>(target);
  };
  const auto within = [&](double ratio) { return ratio >= 1.0 - down && ratio <= 1.0 + up; };
  const double first = usage_ratio();
  const bool with_pending = !pending.empty() && first > 1.0;
  if (missing.empty() && !with_pending) {
    return within(first) ? current : static_cast<std::int32_t>(std::ceil(first * static_cast<double>(metrics.size())));
  }
  for (const std::string& name : missing) {
    metrics[name] = first < 1.0 ? target : 0;
  }
  if (with_pending) {
    for (const std::string& name : pending) {
      metrics[name] = 0;
    }
  }
  const double second = usage_ratio();
  if (within(second) || (first < 1.0 && second > 1.0) || (first > 1.0 && second < 1.0)) {
    return current;
  }
  const auto count = static_cast<std::int32_t>(std::ceil(second * static_cast<double>(metrics.size())));
  const bool wrong_way = second < 1.0 ? count > current : second > 1.0 && count < current;
  return wrong_way ? current : count;
}

struct Event {
  std::int64_t at_s;
  std::int32_t count;
};

/// The loop, from the full list of all that was ever recommended and done.
class Oracle {
 public:
  Oracle(std::optional<HpaBehavior> behavior, std::int64_t window_s)
      : behavior_(std::move(behavior)), window_s_(window_s) {}

  std::int32_t round(std::int64_t now_s, std::int32_t current, std::optional<std::int32_t> wanted, std::int32_t minimum,
                     std::int32_t maximum) {
    if (wants_.empty()) {
      wants_.push_back({now_s, current});
    }
    std::int32_t next = current;
    if (current > maximum) {
      next = maximum;
    } else if (current < minimum) {
      next = minimum;
    } else if (wanted) {
      next = behavior_ ? with_behavior(now_s, current, *wanted, minimum, maximum)
                       : without_behavior(now_s, current, *wanted, minimum, maximum);
      wants_.push_back({now_s, *wanted});
    }
    if (behavior_ && next > current) {
      store(ups_, now_s, next - current, behavior_->up);
    }
    if (behavior_ && next < current) {
      store(downs_, now_s, current - next, behavior_->down);
    }
    return next;
  }

 private:
  std::int32_t without_behavior(std::int64_t now_s, std::int32_t current, std::int32_t wanted, std::int32_t minimum,
                                std::int32_t maximum) const {
    for (const Event& past : wants_) {
      if (past.at_s >= now_s - window_s_) {
        wanted = std::max(wanted, past.count);
      }
    }
    const std::int32_t most = std::min(maximum, std::max(2 * current, 4));
    return wanted < minimum ? minimum : std::min(wanted, most);
  }

  std::int32_t with_behavior(std::int64_t now_s, std::int32_t current, std::int32_t wanted, std::int32_t minimum,
                             std::int32_t maximum) const {
    std::int32_t low = wanted;
    std::int32_t high = wanted;
    for (const Event& past : wants_) {
      if (past.at_s > now_s - seconds(behavior_->up.stabilization)) {
        low = std::min(low, past.count);
      }
      if (past.at_s > now_s - seconds(behavior_->down.stabilization)) {
        high = std::max(high, past.count);
      }
    }
    std::int32_t stable = current < low ? low : current;
    stable = stable > high ? high : stable;
    if (stable > current) {
      const std::int32_t limit = std::max(current, limit_of(now_s, current, behavior_->up, true));
      return std::min(stable, std::min(maximum, limit));
    }
    if (stable < current) {
      const std::int32_t limit = std::min(current, limit_of(now_s, current, behavior_->down, false));
      return std::max(stable, std::max(minimum, limit));
    }
    return stable;
  }

  std::int32_t limit_of(std::int64_t now_s, std::int32_t current, const HpaDirection& direction, bool up) const {
    if (direction.select == HpaSelect::disabled) {
      return current;
    }
    std::vector<std::int32_t> limits;
    for (const HpaScalingPolicy& policy : direction.policies) {
      std::int32_t before = current;
      for (const Event& event : ups_) {
        before -= event.at_s > now_s - seconds(policy.period) ? event.count : 0;
      }
      for (const Event& event : downs_) {
        before += event.at_s > now_s - seconds(policy.period) ? event.count : 0;
      }
      const double sign = up ? 1.0 : -1.0;
      const double limit = policy.type == HpaScalingPolicy::Type::pods ? before + sign * policy.value
                                                                       : before * (1.0 + sign * policy.value / 100.0);
      limits.push_back(static_cast<std::int32_t>(up ? std::ceil(limit) : std::trunc(limit)));
    }
    const bool largest = (direction.select == HpaSelect::max) == up;
    return largest ? *std::max_element(limits.begin(), limits.end()) : *std::min_element(limits.begin(), limits.end());
  }

  /// The newest entry that is too old for its own direction is overwritten, where the list has one.
  void store(std::vector<Event>& events, std::int64_t now_s, std::int32_t count, const HpaDirection& direction) {
    std::int64_t longest_s = 0;
    for (const HpaScalingPolicy& policy : direction.policies) {
      longest_s = std::max(longest_s, seconds(policy.period));
    }
    std::size_t place = events.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
      place = events[i].at_s < now_s - longest_s ? i : place;
    }
    if (place < events.size()) {
      events[place] = {now_s, count};
    } else {
      events.push_back({now_s, count});
    }
  }

  static std::int64_t seconds(Ticks ticks) { return ticks / kTicksPerSecond; }

  std::optional<HpaBehavior> behavior_;
  std::int64_t window_s_;
  std::vector<Event> wants_;
  std::vector<Event> ups_;
  std::vector<Event> downs_;
};

HpaDirection random_direction(Dice& dice, bool up) {
  HpaDirection direction{.stabilization = dice.from_to(0, 4) * 60 * kTicksPerSecond};
  const std::int64_t policies = dice.from_to(1, 3);  // two of one type among them
  for (std::int64_t i = 0; i < policies; ++i) {
    const bool pods = dice.from_to(0, 1) == 0;
    const auto value = static_cast<double>(pods ? dice.from_to(1, 8) : dice.from_to(5, up ? 200 : 100));
    direction.policies.push_back({pods ? HpaScalingPolicy::Type::pods : HpaScalingPolicy::Type::percent, value,
                                  dice.from_to(1, 20) * 15 * kTicksPerSecond});
  }
  const std::int64_t select = dice.from_to(0, 9);
  direction.select = select == 0 ? HpaSelect::disabled : select < 5 ? HpaSelect::min : HpaSelect::max;
  return direction;
}

/// Rounds that differ, of many.
std::int64_t differing_rounds(std::uint64_t seed, bool with_behavior) {
  Dice dice(seed);
  std::int64_t differing = 0;
  for (int sequence = 0; sequence < 200; ++sequence) {
    const HpaBehavior behavior{.up = random_direction(dice, true), .down = random_direction(dice, false)};
    HpaLoop loop = with_behavior ? HpaLoop(behavior) : HpaLoop();
    Oracle oracle(with_behavior ? std::optional(behavior) : std::nullopt, 300);
    const auto minimum = static_cast<std::int32_t>(dice.from_to(0, 4));
    const auto maximum = static_cast<std::int32_t>(dice.from_to(5, 60));
    auto current = static_cast<std::int32_t>(dice.from_to(1, 20));
    std::int64_t now_s = 0;
    for (int round = 0; round < 300; ++round) {
      std::optional<std::int32_t> wanted;
      if (dice.from_to(0, 19) != 0) {
        wanted = static_cast<std::int32_t>(dice.from_to(0, 40));
      }
      const std::int32_t here = loop.sync(now_s * kTicksPerSecond, current, wanted, minimum, maximum);
      const std::int32_t there = oracle.round(now_s, current, wanted, minimum, maximum);
      differing += here != there ? 1 : 0;
      // Now and then somebody else scales.
      current = dice.from_to(0, 39) == 0 ? static_cast<std::int32_t>(dice.from_to(1, 70)) : std::max(there, 1);
      now_s += dice.from_to(0, 3) == 0 ? dice.from_to(1, 200) : 15;
    }
  }
  return differing;
}

}  // namespace

TEST_CASE("hpa: 60,000 random rounds with behavior differ from the oracle in none", "[hpa]") {
  CHECK(differing_rounds(1, true) == 0);
}

TEST_CASE("hpa: 60,000 random rounds without behavior differ from the oracle in none", "[hpa]") {
  CHECK(differing_rounds(2, false) == 0);
}

TEST_CASE("hpa: 50,000 random metrics of pods differ from the oracle in none", "[hpa]") {
  Dice dice(3);
  for (int i = 0; i < 50'000; ++i) {
    std::map<std::string, std::int64_t> reported;
    std::vector<std::string> missing;
    std::vector<std::string> pending;
    HpaPods pods{.missing = static_cast<std::int32_t>(dice.from_to(0, 1) * dice.from_to(0, 4)),
                 .unready = static_cast<std::int32_t>(dice.from_to(0, 1) * dice.from_to(0, 4))};
    for (std::int64_t pod = dice.from_to(0, 12); pod > 0; --pod) {
      const std::int64_t level = dice.from_to(0, 30'000);
      reported["r" + std::to_string(pod)] = level;
      pods.sum_milli += level;
      ++pods.reporting;
    }
    for (std::int32_t pod = 0; pod < pods.missing; ++pod) {
      missing.push_back("m" + std::to_string(pod));
    }
    for (std::int32_t pod = 0; pod < pods.unready; ++pod) {
      pending.push_back("p" + std::to_string(pod));
    }
    const std::int64_t target = dice.from_to(1, 20'000);
    const HpaTolerance tolerance{.up = static_cast<double>(dice.from_to(0, 30)) / 100.0,
                                 .down = static_cast<double>(dice.from_to(0, 30)) / 100.0};
    const auto current = static_cast<std::int32_t>(dice.from_to(1, 20));
    const std::optional<HpaProposal> here = hpa_pods_metric(pods, target, tolerance, current);
    const std::optional<std::int32_t> there =
        oracle_pods(reported, missing, pending, target, tolerance.up, tolerance.down, current);
    REQUIRE(here.has_value() == there.has_value());
    if (here) {
      REQUIRE(here->replicas == *there);
    }
  }
}

}  // namespace idlewatt
