// When control acts next. Between two acts of control nothing in the fleet needs a simulator event, so arrivals are
// worked off in a loop: a query costs no event of SimGrid at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "units/min_tree.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// The next wakes of all control actors (sampler, autoscalers, replicas that start or stop...).
class ControlClock {
 public:
  /// A new actor, to wake at `first`. Returns its number.
  std::size_t add(Ticks first) {
    std::size_t actor = wakes_.size();
    if (free_.empty()) {
      wakes_.resize(wakes_.size() + 1, kNever);
    } else {
      actor = free_.back();
      free_.pop_back();
    }
    wakes_.update(actor, first);
    return actor;
  }
  void remove(std::size_t actor) {
    wakes_.update(actor, kNever);
    free_.push_back(actor);
  }

  void set(std::size_t actor, Ticks wake) { wakes_.update(actor, wake); }

  /// Arrivals strictly before this need not wait for anybody. At the same tick, control acts first.
  Ticks next() const { return wakes_.size() == 0 ? kNever : wakes_.top_key(); }

  /// While a transfer is under way nobody knows when it ends, for others may come to share its links: arrivals then
  /// follow SimGrid's clock.
  void begin_transfer() { ++transfers_; }
  void end_transfer() { --transfers_; }
  bool transfers() const { return transfers_ > 0; }

  /// An arrival was worked off at `time`: no transfer ends before it any more.
  void pass(Ticks time) { latest_ = time; }
  Ticks latest() const { return latest_; }

 private:
  MinTree<Ticks> wakes_;
  std::vector<std::size_t> free_;
  std::int32_t transfers_ = 0;
  Ticks latest_ = 0;
};

}  // namespace idlewatt
