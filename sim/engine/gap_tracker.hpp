// The longest gap between two tokens of a sequence, tracked for all sequences at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

/// All decoding sequences of a replica get their tokens in the same steps, which the replica counts. The tracker keeps
/// a stack of (count, gap) with falling gaps: the largest gap after a given count is the first entry beyond that count.
class GapTracker {
 public:
  /// Records that the decode steps up to number `count` had gaps up to `gap`.
  void push(std::int64_t count, Ticks gap) {
    while (!entries_.empty() && entries_.back().gap <= gap) {
      entries_.pop_back();
    }
    entries_.push_back({count, gap});
  }

  /// The longest gap of the decode steps after number `count`.
  Ticks longest_after(std::int64_t count) const {
    const auto found = std::upper_bound(entries_.begin(), entries_.end(), count,
                                        [](std::int64_t value, const Entry& entry) { return value < entry.count; });
    return found == entries_.end() ? 0 : found->gap;
  }

  void clear() { entries_.clear(); }

 private:
  struct Entry {
    std::int64_t count = 0;
    Ticks gap = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace idlewatt
