#include "policy/autoscale/hpa_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idlewatt {
namespace {

/// A tiny target may want more replicas than an integer holds: far more than any maximum allows.
std::int32_t whole_replicas(double replicas) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(replicas, -kMost, kMost));
}
std::int32_t ceil_replicas(double replicas) {
  return whole_replicas(std::ceil(replicas));
}

double ratio_of(std::int64_t value, std::int64_t target) {
  return static_cast<double>(value) / static_cast<double>(target);
}

}  // namespace

std::int64_t to_milli(double value) {
  constexpr double kMost = 9e15;  // so that sums over replicas hold as well
  return std::isnan(value) ? 0 : static_cast<std::int64_t>(std::clamp(value * 1000.0, -kMost, kMost));
}

std::optional<HpaProposal> hpa_pods_metric(const HpaPods& pods, std::int64_t target_milli,
                                           const HpaTolerance& tolerance, std::int32_t current) {
  if (pods.reporting == 0) {
    return std::nullopt;
  }
  const std::int64_t usage = pods.sum_milli / pods.reporting;  // whole thousandths, as Kubernetes has it
  const double ratio = ratio_of(usage, target_milli);
  const bool up_with_unready = pods.unready > 0 && ratio > 1.0;
  if (!up_with_unready && pods.missing == 0) {
    return HpaProposal{tolerance.covers(ratio) ? current : ceil_replicas(ratio * pods.reporting), usage};
  }
  const std::int64_t of_missing = ratio < 1.0 ? target_milli * pods.missing : 0;
  const std::int32_t counted = pods.reporting + pods.missing + (up_with_unready ? pods.unready : 0);
  const double new_ratio = ratio_of((pods.sum_milli + of_missing) / counted, target_milli);
  const bool direction_turns = (ratio < 1.0 && new_ratio > 1.0) || (ratio > 1.0 && new_ratio < 1.0);
  const std::int32_t wanted = ceil_replicas(new_ratio * counted);
  const bool count_turns = (new_ratio < 1.0 && wanted > current) || (new_ratio > 1.0 && wanted < current);
  return HpaProposal{tolerance.covers(new_ratio) || direction_turns || count_turns ? current : wanted, usage};
}

HpaProposal hpa_value_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                             std::int32_t current, std::int32_t ready) {
  const double ratio = ratio_of(total_milli, target_milli);
  if (current == 0) {
    return {ceil_replicas(ratio), total_milli};
  }
  return {tolerance.covers(ratio) ? current : ceil_replicas(ratio * ready), total_milli};
}

HpaProposal hpa_average_metric(std::int64_t total_milli, std::int64_t target_milli, const HpaTolerance& tolerance,
                               std::int32_t current) {
  const auto total = static_cast<double>(total_milli);
  const auto target = static_cast<double>(target_milli);
  const bool keeps = tolerance.covers(total / (target * current));
  return {keeps ? current : ceil_replicas(total / target),
          current == 0 ? 0 : static_cast<std::int64_t>(std::ceil(total / current))};
}

std::optional<std::int32_t> hpa_largest(std::span<const std::optional<std::int32_t>> proposals, std::int32_t current) {
  std::int32_t largest = 0;
  std::size_t invalid = 0;
  for (const std::optional<std::int32_t>& proposal : proposals) {
    if (proposal) {
      largest = std::max(largest, *proposal);
    } else {
      ++invalid;
    }
  }
  if (invalid == proposals.size() || (invalid > 0 && largest < current)) {
    return std::nullopt;
  }
  return largest;
}

std::int32_t HpaRecommendations::stabilized(Ticks now, std::int32_t wanted, Ticks window) {
  std::int32_t highest = wanted;
  std::optional<std::size_t> old;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (log_[i].at < now - window) {
      old = i;
    } else {
      highest = std::max(highest, log_[i].replicas);
    }
  }
  put({now, wanted}, old);
  return highest;
}

std::int32_t HpaRecommendations::stabilized(Ticks now, std::int32_t current, std::int32_t wanted,
                                            const HpaBehavior& behavior) {
  const Ticks up_since = now - behavior.up.stabilization;
  const Ticks down_since = now - behavior.down.stabilization;
  std::int32_t lowest = wanted;
  std::int32_t highest = wanted;
  std::optional<std::size_t> old;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const Recommendation& past = log_[i];
    if (past.at > up_since) {
      lowest = std::min(lowest, past.replicas);
    }
    if (past.at > down_since) {
      highest = std::max(highest, past.replicas);
    }
    if (past.at < up_since && past.at < down_since) {
      old = i;
    }
  }
  put({now, wanted}, old);
  return std::min(std::max(current, lowest), highest);
}

void HpaRecommendations::put(const Recommendation& recommendation, std::optional<std::size_t> in_place_of) {
  if (in_place_of) {
    log_[*in_place_of] = recommendation;
  } else {
    log_.push_back(recommendation);
  }
}

void HpaChanges::store(Ticks now, std::int32_t before, std::int32_t after, const HpaBehavior& behavior) {
  if (after > before) {
    put(added_, now, after - before, behavior.up);
  } else if (after < before) {
    put(removed_, now, before - after, behavior.down);
  }
}

void HpaChanges::put(std::vector<Change>& changes, Ticks now, std::int32_t replicas, const HpaDirection& direction) {
  Ticks longest = 0;
  for (const HpaScalingPolicy& policy : direction.policies) {
    longest = std::max(longest, policy.period);
  }
  Change* old = nullptr;
  for (Change& change : changes) {
    change.outdated = change.outdated || change.at < now - longest;
    old = change.outdated ? &change : old;
  }
  if (old != nullptr) {
    *old = {now, replicas};
  } else {
    changes.push_back({now, replicas});
  }
}

std::int32_t HpaChanges::limited(Ticks now, std::int32_t current, std::int32_t wanted, std::int32_t minimum,
                                 std::int32_t maximum, const HpaBehavior& behavior) const {
  if (wanted > current) {
    return std::min({wanted, maximum, std::max(limit_up(now, current, behavior.up), current)});
  }
  if (wanted < current) {
    return std::max({wanted, minimum, std::min(limit_down(now, current, behavior.down), current)});
  }
  return wanted;
}

std::int32_t HpaChanges::growth(Ticks now, Ticks period) const {
  const auto sum = [&](const std::vector<Change>& changes) {
    std::int32_t replicas = 0;
    for (const Change& change : changes) {
      replicas += change.at > now - period ? change.replicas : 0;
    }
    return replicas;
  };
  return sum(added_) - sum(removed_);
}

std::int32_t HpaChanges::limit_up(Ticks now, std::int32_t current, const HpaDirection& up) const {
  if (up.select == HpaSelect::disabled) {
    return current;
  }
  std::optional<std::int32_t> limit;
  for (const HpaScalingPolicy& policy : up.policies) {
    const std::int32_t before = current - growth(now, policy.period);
    // Rounded up, so that a small percentage of few replicas is not nothing.
    const std::int32_t allowed = policy.type == HpaScalingPolicy::Type::pods
                                     ? whole_replicas(before + policy.value)
                                     : ceil_replicas(before * (1.0 + policy.value / 100.0));
    limit = !limit ? allowed : up.select == HpaSelect::max ? std::max(*limit, allowed) : std::min(*limit, allowed);
  }
  return limit.value_or(std::numeric_limits<std::int32_t>::max());
}

std::int32_t HpaChanges::limit_down(Ticks now, std::int32_t current, const HpaDirection& down) const {
  if (down.select == HpaSelect::disabled) {
    return current;
  }
  std::optional<std::int32_t> limit;
  for (const HpaScalingPolicy& policy : down.policies) {
    const std::int32_t before = current - growth(now, policy.period);
    const std::int32_t allowed = policy.type == HpaScalingPolicy::Type::pods
                                     ? whole_replicas(before - policy.value)
                                     : whole_replicas(before * (1.0 - policy.value / 100.0));
    limit = !limit ? allowed : down.select == HpaSelect::max ? std::min(*limit, allowed) : std::max(*limit, allowed);
  }
  return limit.value_or(0);
}

std::int32_t hpa_limited(std::int32_t current, std::int32_t wanted, std::int32_t minimum, std::int32_t maximum) {
  const std::int64_t most = std::max<std::int64_t>(2 * std::int64_t{current}, 4);
  const std::int64_t allowed = std::min<std::int64_t>(wanted, std::min<std::int64_t>(most, maximum));
  return static_cast<std::int32_t>(std::max<std::int64_t>(allowed, minimum));
}

std::int32_t HpaLoop::sync(Ticks now, std::int32_t current, std::optional<std::int32_t> wanted, std::int32_t minimum,
                           std::int32_t maximum) {
  if (recommendations_.empty()) {
    // As if the controller had always wanted what it found: it scales nothing down in its first stabilisation window.
    recommendations_.add(now, current);
  }
  std::int32_t result = current;
  if (current > maximum) {
    result = maximum;
  } else if (current < minimum) {
    result = minimum;
  } else if (wanted && behavior_) {
    const std::int32_t stable = recommendations_.stabilized(now, current, *wanted, *behavior_);
    result = changes_.limited(now, current, stable, minimum, maximum, *behavior_);
  } else if (wanted) {
    result = hpa_limited(current, recommendations_.stabilized(now, *wanted, window_), minimum, maximum);
  }
  if (behavior_) {
    changes_.store(now, current, result, *behavior_);
  }
  return result;
}

}  // namespace idlewatt
