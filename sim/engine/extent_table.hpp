// Finds the extent of a prefix tree that begins at a place: a hash table with open addressing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/splitmix64.hpp"

namespace idlewatt {

/// A table of extents, whose key is the extent before and the label of the first block. A prefix tree looks up, adds
/// and removes several extents per request. So all entries lie in one piece of memory, and a chain of equal hash places
/// ends at the first free entry.
class ExtentTable {
 public:
  static constexpr std::int32_t kNone = -1;

  std::int32_t find(std::int32_t parent, std::uint64_t label) const {
    return entries_.empty() ? kNone : entries_[place_of(parent, label)].extent;
  }
  /// Sets the extent of a key. An extent that the key already has is replaced.
  void set(std::int32_t parent, std::uint64_t label, std::int32_t extent) {
    if (2 * (count_ + 1) > entries_.size()) {
      grow();
    }
    Entry& entry = entries_[place_of(parent, label)];
    count_ += entry.extent == kNone ? 1 : 0;
    entry = {label, parent, extent};
  }
  /// Removes the extent of a key. Requires that there is one.
  void erase(std::int32_t parent, std::uint64_t label) {
    std::size_t hole = place_of(parent, label);
    // Entries behind the hole move up, unless that takes them before the place where the search for them begins.
    for (std::size_t next = after(hole); entries_[next].extent != kNone; next = after(next)) {
      const std::size_t home = home_of(entries_[next].parent, entries_[next].label);
      if (((next - home) & mask()) >= ((next - hole) & mask())) {
        entries_[hole] = entries_[next];
        hole = next;
      }
    }
    entries_[hole] = {};
    --count_;
  }

 private:
  struct Entry {
    std::uint64_t label = 0;
    std::int32_t parent = kNone;
    std::int32_t extent = kNone;
  };

  std::size_t mask() const { return entries_.size() - 1; }
  std::size_t after(std::size_t place) const { return (place + 1) & mask(); }
  std::size_t home_of(std::int32_t parent, std::uint64_t label) const {
    return static_cast<std::size_t>(mixed(label + static_cast<std::uint64_t>(parent))) & mask();
  }
  /// The place of the key's entry, or the free place where it would be added.
  std::size_t place_of(std::int32_t parent, std::uint64_t label) const {
    std::size_t place = home_of(parent, label);
    while (entries_[place].extent != kNone && (entries_[place].label != label || entries_[place].parent != parent)) {
      place = after(place);
    }
    return place;
  }
  void grow() {
    std::vector<Entry> before(entries_.empty() ? 16 : 2 * entries_.size());
    std::swap(before, entries_);
    for (const Entry& entry : before) {
      if (entry.extent != kNone) {
        entries_[place_of(entry.parent, entry.label)] = entry;
      }
    }
  }

  std::vector<Entry> entries_;  ///< a power of two of them, at most half of them taken
  std::size_t count_ = 0;
};

}  // namespace idlewatt
