// The one queue of what replicas do next. Batch steps need no simulator events: before any decision at a time, every
// change up to it is settled here, in the order (time, replica).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "datacenter/hosted_replica.hpp"
#include "units/min_tree.hpp"

namespace idlewatt {

class ChangeQueue {
 public:
  /// The replica outlives the queue. Returns its number here.
  std::size_t add(HostedReplica& replica) {
    replicas_.push_back(&replica);
    keys_.resize(replicas_.size(), kNoChange);
    return replicas_.size() - 1;
  }

  /// The replica's next change is another one.
  void update(std::size_t number) { keys_.update(number, replicas_[number]->serving().next_change()); }

  /// Takes every change up to `now`.
  void settle(Ticks now) {
    if (replicas_.empty()) {
      return;
    }
    const ChangeKey due = at_end(now);
    while (keys_.top_key() <= due) {
      const std::size_t number = keys_.top();
      replicas_[number]->change(now);
      update(number);
      ++taken_;
    }
  }

  /// When the next change is due; kNever when there is none. A plan that waits for arrivals of its tick is due one
  /// later.
  Ticks next() const {
    if (replicas_.empty() || keys_.top_key() == kNoChange) {
      return kNever;
    }
    const ChangeKey key = keys_.top_key();
    return key == at_end(time_of(key)) ? time_of(key) : time_of(key) + 1;
  }

  std::int64_t taken() const { return taken_; }

 private:
  std::vector<HostedReplica*> replicas_;
  MinTree<ChangeKey> keys_;
  std::int64_t taken_ = 0;
};

}  // namespace idlewatt
