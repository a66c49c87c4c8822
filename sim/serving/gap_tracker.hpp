// The longest gap between two tokens of a sequence, for all sequences at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "units/ticks.hpp"

namespace idlewatt {

/// All decoding sequences of a replica get their tokens in the same steps, numbered by its decode count. Kept is a
/// stack of (count, gap) with falling gaps: the largest gap after a given count is the first entry beyond it.
class GapTracker {
 public:
  /// Decode steps up to number `count` had gaps up to `gap`.
  void push(std::int64_t count, Ticks gap) {
    while (entries_.size() > first_ && entries_.back().gap <= gap) {
      entries_.pop_back();
    }
    entries_.push_back({count, gap});
  }

  /// The longest gap of the decode steps after number `count`.
  Ticks longest_after(std::int64_t count) const {
    const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto found = std::upper_bound(begin, entries_.end(), count,
                                        [](std::int64_t value, const Entry& entry) { return value < entry.count; });
    return found == entries_.end() ? 0 : found->gap;
  }

  /// Nobody will ask about steps up to number `count` any more.
  void forget_until(std::int64_t count) {
    while (first_ < entries_.size() && entries_[first_].count <= count) {
      ++first_;
    }
    if (first_ > 64 && first_ * 2 > entries_.size()) {
      entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  void clear() {
    entries_.clear();
    first_ = 0;
  }

 private:
  struct Entry {
    std::int64_t count = 0;
    Ticks gap = 0;
  };
  std::vector<Entry> entries_;
  std::size_t first_ = 0;
};

}  // namespace idlewatt
