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

double kpa_excess_burst(double total_a_pod, double burst_capacity, const KpaObservation& seen) {
  if (burst_capacity == 0.0) {
    return 0.0;
  }
  return burst_capacity < 0.0 ? -1.0 : std::floor(seen.ready * total_a_pod - burst_capacity - seen.panic);
}

void KpaLastPod::set_activator(Ticks now, bool in_path) {
  if (!in_path) {
    activator_since_.reset();
  } else if (!activator_since_) {
    activator_since_ = now;
  }
}

std::int32_t KpaLastPod::kept(Ticks now, std::int32_t current, std::int32_t ready, std::int32_t wanted, bool burst) {
  if (ready > 0 && !inactive_since_ && !active_since_) {
    active_since_ = now;
  }
  if (wanted > 0 || current == 0) {
    inactive_since_.reset();
    if (current == 0) {
      active_since_.reset();
    } else if (ready > 0 && !active_since_) {
      active_since_ = now;  // wanted again before it was let go
    }
    set_activator(now, burst || wanted == 0);
    return wanted;
  }
  if (!inactive_since_) {
    if (!active_since_ || now - *active_since_ < stable_window_) {
      set_activator(now, burst);
      return 1;
    }
    inactive_since_ = now;
    active_since_.reset();
  }
  set_activator(now, true);
  const Ticks inactive = now - *inactive_since_;
  const bool retained = inactive < retention_;
  const bool graced = now - *activator_since_ < grace_;
  return inactive >= std::max(grace_, retention_) || (!retained && !graced) ? 0 : current;
}

}  // namespace idlewatt
