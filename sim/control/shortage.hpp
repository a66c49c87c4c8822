// The times at which a pool had fewer replicas ready than wanted, which measure an autoscaler's lag.
#pragma once

#include <algorithm>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

/// Spans of time, added in order. There are few: one for each scale-up of the pool.
class Shortage {
 public:
  /// Sets whether the pool is short of replicas from `now` on.
  void set(bool is_short, Ticks now) {
    const bool open = !spans_.empty() && spans_.back().to == kNever;
    if (is_short && !open) {
      spans_.push_back({now, kNever});
    } else if (!is_short && open) {
      spans_.back().to = now;
    }
  }

  bool at(Ticks time) const {
    const auto after = std::upper_bound(spans_.begin(), spans_.end(), time,
                                        [](Ticks value, const Span& span) { return value < span.from; });
    return after != spans_.begin() && time < (after - 1)->to;
  }

 private:
  struct Span {
    Ticks from = 0;
    Ticks to = kNever;
  };
  std::vector<Span> spans_;
};

}  // namespace idlewatt
