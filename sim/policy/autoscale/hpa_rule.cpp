#include "policy/autoscale/hpa_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace idlewatt {
namespace {

/// A tiny target may want more pods than an integer holds: far more than any maximum allows.
std::int32_t whole_pods(double pods) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(pods, -kMost, kMost));
}
std::int32_t ceil_pods(double pods) {
  return whole_pods(std::ceil(pods));
}

}  // namespace

std::int32_t hpa_for_pod_metric(const HpaPodMetric& metric, double target, double tolerance, std::int32_t current) {
  if (metric.ready == 0) {
    return current;  // no metrics: the controller leaves things as they are
  }
  const double ratio = metric.sum / metric.ready / target;
  // ratio x ready, without its rounding errors: Kubernetes has none, for it counts in thousandths, rounded down.
  const std::int32_t desired = ceil_pods(metric.sum / target);
  const bool up_with_unready = metric.unready > 0 && ratio > 1.0;
  if (!up_with_unready) {
    return std::abs(1.0 - ratio) <= tolerance ? current : desired;
  }
  const std::int32_t pods = metric.ready + metric.unready;
  const double new_ratio = metric.sum / pods / target;
  if (std::abs(1.0 - new_ratio) <= tolerance || new_ratio < 1.0) {
    return current;
  }
  return std::max(desired, current);
}

std::int32_t hpa_for_total(double total, double target, double tolerance, std::int32_t current) {
  if (current > 0 && std::abs(1.0 - total / (target * current)) <= tolerance) {
    return current;
  }
  return ceil_pods(total / target);
}

std::int32_t HpaNormalizer::normalize(Ticks now, std::int32_t current, std::int32_t desired, std::int32_t minimum,
                                      std::int32_t maximum) {
  if (recommendations_.empty()) {
    // As if the controller had always wanted what it found: it scales nothing down in its first stabilisation window.
    recommendations_.push_back({now, current});
  }
  const std::int32_t stabilized = stabilize(now, current, desired);
  std::int32_t result = stabilized;
  if (stabilized > current) {
    result = std::min({stabilized, std::max(limit_up(now, current), current), maximum});
  } else if (stabilized < current) {
    result = std::max({stabilized, std::min(limit_down(now, current), current), minimum});
  }
  result = std::clamp(result, minimum, maximum);
  forget_changes(now);
  if (result > current) {
    added_.push_back({now, result - current});
  } else if (result < current) {
    removed_.push_back({now, current - result});
  }
  return result;
}

/// Drops changes that no period reaches back to any more.
void HpaNormalizer::forget_changes(Ticks now) {
  const Ticks longest = std::max(up_.longest_period(), down_.longest_period());
  const auto is_old = [&](const Event& event) { return event.at <= now - longest; };
  std::erase_if(added_, is_old);
  std::erase_if(removed_, is_old);
}

/// The smallest recommendation of the up window and the largest of the down window bound the change.
std::int32_t HpaNormalizer::stabilize(Ticks now, std::int32_t current, std::int32_t desired) {
  std::int32_t lowest = desired;
  std::int32_t highest = desired;
  const Ticks longest = std::max(up_.stabilization, down_.stabilization);
  std::erase_if(recommendations_, [&](const Event& event) { return event.at <= now - longest; });
  for (const Event& event : recommendations_) {
    if (event.at > now - up_.stabilization) {
      lowest = std::min(lowest, event.pods);
    }
    if (event.at > now - down_.stabilization) {
      highest = std::max(highest, event.pods);
    }
  }
  recommendations_.push_back({now, desired});
  std::int32_t result = current;
  if (result < lowest) {
    result = lowest;
  }
  if (result > highest) {
    result = highest;
  }
  return result;
}

namespace {

template <class Events>
std::int32_t sum_since(const Events& events, Ticks since) {
  std::int32_t sum = 0;
  for (const auto& event : events) {
    if (event.at > since) {
      sum += event.pods;
    }
  }
  return sum;
}

}  // namespace

std::int32_t HpaNormalizer::pods_before(Ticks now, std::int32_t current, Ticks period) const {
  return current - sum_since(added_, now - period) + sum_since(removed_, now - period);
}

std::int32_t HpaNormalizer::limit_up(Ticks now, std::int32_t current) const {
  if (up_.select == HpaSelect::disabled) {
    return current;
  }
  std::optional<std::int32_t> limit;
  const auto take = [&](std::int32_t allowed) {
    limit = !limit ? allowed : up_.select == HpaSelect::max ? std::max(*limit, allowed) : std::min(*limit, allowed);
  };
  if (up_.pods > 0) {
    take(whole_pods(static_cast<double>(pods_before(now, current, up_.period)) + up_.pods));
  }
  if (up_.percent > 0.0) {
    take(ceil_pods(pods_before(now, current, up_.period_of_percent()) * (1.0 + up_.percent / 100.0)));
  }
  return limit.value_or(std::numeric_limits<std::int32_t>::max());
}

std::int32_t HpaNormalizer::limit_down(Ticks now, std::int32_t current) const {
  if (down_.select == HpaSelect::disabled) {
    return current;
  }
  std::optional<std::int32_t> limit;
  const auto take = [&](std::int32_t allowed) {
    limit = !limit ? allowed : down_.select == HpaSelect::max ? std::min(*limit, allowed) : std::max(*limit, allowed);
  };
  if (down_.pods > 0) {
    take(pods_before(now, current, down_.period) - down_.pods);
  }
  if (down_.percent > 0.0) {
    take(whole_pods(pods_before(now, current, down_.period_of_percent()) * (1.0 - down_.percent / 100.0)));
  }
  return limit.value_or(0);
}

}  // namespace idlewatt
