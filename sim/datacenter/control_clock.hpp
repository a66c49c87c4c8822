// When control acts next. Between two acts of control nothing in the fleet needs a simulator event, so arrivals are
// worked off in a loop: a request costs no event of SimGrid at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/min_tree.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// The next wakes of all control actors (sampler, autoscalers, replicas that start or stop...), and whose turn it is.
/// SimGrid wakes whoever is due at one instant in an order that depends on how its clock came there, and runs others
/// while an actor creates one; so the order is made here. One acts at a time, the earliest first, and of those due at
/// the same tick the one that has been there longest.
class ControlClock {
 public:
  /// A new actor, to wake at `first`. Returns its number.
  std::size_t add(Ticks first) {
    std::size_t actor = wakes_.size();
    if (free_.empty()) {
      wakes_.resize(wakes_.size() + 1, {});
    } else {
      actor = free_.back();
      free_.pop_back();
    }
    wakes_.update(actor, {first, added_++});
    return actor;
  }
  void remove(std::size_t actor) {
    end_act(actor);
    wakes_.update(actor, {});
    free_.push_back(actor);
  }

  void set(std::size_t actor, Ticks wake) { wakes_.update(actor, {wake, wakes_.key(actor).added}); }

  /// Arrivals strictly before this need not wait for anybody. At the same tick, control acts first.
  Ticks next() const { return wakes_.size() == 0 ? kNever : wakes_.top_key().at; }

  bool is_turn_of(std::size_t actor) const { return acting_ == kNobody && wakes_.top() == actor; }
  void begin_act(std::size_t actor) {
    acting_ = actor;
    ++acts_;
  }
  void end_act(std::size_t actor) {
    if (acting_ == actor) {
      acting_ = kNobody;
    }
  }
  /// How often somebody has begun to act.
  std::int64_t acts() const { return acts_; }

  /// The number of the traffic, which has no wake: it comes last at every tick.
  static constexpr std::size_t kTraffic = static_cast<std::size_t>(-2);

  /// While a transfer is under way nobody knows when it ends, for others may come to share its links: arrivals then
  /// follow SimGrid's clock.
  void begin_transfer() { ++transfers_; }
  void end_transfer() { --transfers_; }
  bool transfers() const { return transfers_ > 0; }

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  struct Wake {
    Ticks at = kNever;
    std::int64_t added = 0;
    bool operator<(const Wake& other) const { return at != other.at ? at < other.at : added < other.added; }
  };

  MinTree<Wake> wakes_;
  std::vector<std::size_t> free_;
  std::size_t acting_ = kNobody;
  std::int64_t added_ = 0;
  std::int64_t acts_ = 0;
  std::int32_t transfers_ = 0;
};

/// How often somebody has asked for its turn without anybody having acted.
class Patience {
 public:
  int asked(std::int64_t acts) {
    asked_ = acts == acts_ ? asked_ + 1 : 0;
    acts_ = acts;
    return asked_;
  }

 private:
  std::int64_t acts_ = -1;
  int asked_ = 0;
};

}  // namespace idlewatt
