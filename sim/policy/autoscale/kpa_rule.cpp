#include "policy/autoscale/kpa_rule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idlewatt {

std::int32_t KpaRule::wanted(Ticks now, const KpaObservation& seen) {
  if (!started_ && seen.ready > 1) {
    panic_since_ = now;
    most_in_panic_ = seen.ready;
  }
  started_ = true;
  const double ready = std::max(1, seen.ready);
  // Rounded so that few pods at a small rate still may become one more, or one less.
  const double most =
      std::min<double>(std::ceil(ready * settings_.max_scale_up_rate), std::numeric_limits<std::int32_t>::max());
  const double least = std::floor(ready / settings_.max_scale_down_rate);
  const double wanted_in_panic = std::ceil(seen.panic / settings_.target);
  const auto bounded = [&](double pods) {
    const auto whole = static_cast<std::int32_t>(std::min(std::max(pods, least), most));
    return pods > 0.0 ? std::max(whole, settings_.activation_scale) : whole;
  };
  std::int32_t pods = bounded(std::ceil(seen.stable / settings_.target));
  judge_panic(now, wanted_in_panic / ready >= settings_.panic_threshold);
  if (panic_since_) {
    most_in_panic_ = std::max({most_in_panic_, pods, bounded(wanted_in_panic)});
    pods = most_in_panic_;
  }
  return delayed(now, pods);
}

void KpaRule::judge_panic(Ticks now, bool over_threshold) {
  if (over_threshold) {
    panic_since_ = now;
  } else if (panic_since_ && *panic_since_ + settings_.stable_window < now) {
    panic_since_.reset();
    most_in_panic_ = 0;
  }
}

std::int32_t KpaRule::delayed(Ticks now, std::int32_t pods) {
  if (settings_.scale_down_delay == 0) {
    return pods;
  }
  while (!wishes_.empty() && wishes_.back().pods <= pods) {
    wishes_.pop_back();
  }
  wishes_.push_back({now, pods});
  while (wishes_.front().at <= now - settings_.scale_down_delay) {
    wishes_.pop_front();
  }
  return wishes_.front().pods;
}

std::int32_t KpaLastPod::kept(Ticks now, std::int32_t current, std::int32_t wanted) {
  if (wanted > 0) {
    unwanted_since_.reset();
    return wanted;
  }
  if (current == 0) {
    return 0;
  }
  if (!unwanted_since_) {
    unwanted_since_ = now;
  }
  return now - *unwanted_since_ >= keep_ ? 0 : 1;
}

}  // namespace idlewatt
