// When control acts next. Between two acts of control nothing in the fleet needs a simulator event, so arrivals are
// worked off in a loop: a query costs no event of SimGrid at all.
#pragma once

#include <cstddef>
#include <cstdint>

#include "units/min_tree.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// The next wakes of all control actors (sampler, autoscalers, idle policies...).
class ControlClock {
 public:
  /// A new actor, to wake at `first`. Returns its number.
  std::size_t add(Ticks first) {
    wakes_.resize(wakes_.size() + 1, kNever);
    wakes_.update(wakes_.size() - 1, first);
    return wakes_.size() - 1;
  }

  void set(std::size_t actor, Ticks wake) { wakes_.update(actor, wake); }

  /// Arrivals strictly before this need not wait for anybody. At the same tick, control acts first.
  Ticks next() const { return wakes_.size() == 0 ? kNever : wakes_.top_key(); }

 private:
  MinTree<Ticks> wakes_;
};

}  // namespace idlewatt
