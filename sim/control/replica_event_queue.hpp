// The one queue of all replicas' next changes. Batch steps need no simulator events: before any decision at a time,
// every change up to that time is settled here, in the order (time, replica).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/min_tree.hpp"
#include "control/hosted_replica.hpp"

namespace idlewatt {

/// The next changes of all replicas, ordered by (time, replica).
class ReplicaEventQueue {
 public:
  /// Adds a replica, which must outlive the queue. Returns its number in the queue. `watched`: its next change counts
  /// for next_watched().
  std::size_t add(HostedReplica& replica, bool watched = false) {
    replicas_.push_back(&replica);
    keys_.resize(replicas_.size(), kNoChange);
    if (watched) {
      watched_.resize(replicas_.size(), kNoChange);
      is_watched_.resize(replicas_.size(), false);
      is_watched_.back() = true;
      any_watched_ = true;
    }
    return replicas_.size() - 1;
  }

  /// Updates the key of a replica whose next change has changed.
  void update(std::size_t number) {
    const ChangeKey key = replicas_[number]->serving().next_change();
    keys_.update(number, key);
    if (any_watched_ && number < is_watched_.size() && is_watched_[number]) {
      watched_.update(number, key);
    }
  }

  /// Settles every change up to `now`.
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

  /// The time of the next change; kNever when there is none. A plan that waits for arrivals of its own tick is due one
  /// tick later.
  Ticks next() const {
    if (replicas_.empty() || keys_.top_key() == kNoChange) {
      return kNever;
    }
    const ChangeKey key = keys_.top_key();
    return key == at_end(time_of(key)) ? time_of(key) : time_of(key) + 1;
  }

  /// The time at which the next change of a watched replica has been settled and the next plan made; kNever when there
  /// is none.
  Ticks next_watched() const {
    return !any_watched_ || watched_.top_key() == kNoChange ? kNever : time_of(watched_.top_key()) + 1;
  }

  std::int64_t taken() const { return taken_; }

 private:
  std::vector<HostedReplica*> replicas_;
  MinTree<ChangeKey> keys_;
  MinTree<ChangeKey> watched_;
  std::vector<bool> is_watched_;
  bool any_watched_ = false;  ///< false in most runs; asked at every change
  std::int64_t taken_ = 0;
};

}  // namespace idlewatt
