// The smallest of n keys that change, found in O(log n): next changes of replicas, loads for routing.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace idlewatt {

/// A tournament tree over the keys of items 0..n-1. Of equal keys the one of the lower item wins, so the answer
/// does not depend on the order of updates.
template <class Key>
class MinTree {
 public:
  MinTree() = default;
  MinTree(std::size_t items, Key initial) { resize(items, initial); }

  /// Grows the tree to `items` items. New items get the key `initial`.
  void resize(std::size_t items, Key initial) {
    keys_.resize(items, initial);
    leaves_ = std::bit_ceil(std::max<std::size_t>(items, 1));
    winner_.assign(2 * leaves_, kNone);
    for (std::size_t item = 0; item < items; ++item) {
      winner_[leaves_ + item] = static_cast<std::uint32_t>(item);
    }
    for (std::size_t node = leaves_ - 1; node > 0; --node) {
      winner_[node] = better(winner_[2 * node], winner_[2 * node + 1]);
    }
  }

  std::size_t size() const { return keys_.size(); }
  const Key& key(std::size_t item) const { return keys_[item]; }

  void update(std::size_t item, Key key) {
    keys_[item] = key;
    for (std::size_t node = (leaves_ + item) / 2; node > 0; node /= 2) {
      winner_[node] = better(winner_[2 * node], winner_[2 * node + 1]);
    }
  }

  /// The item with the smallest key. Requires size() > 0.
  std::size_t top() const { return winner_[1]; }
  const Key& top_key() const { return keys_[winner_[1]]; }

  /// The first item at or after `from` whose key is below `bound`; size() when there is none.
  std::size_t first_below(std::size_t from, const Key& bound) const {
    if (from >= keys_.size()) {
      return keys_.size();
    }
    // Up from the leaf until the subtree to the right holds one, then down to its leftmost.
    std::size_t node = leaves_ + from;
    while (!has_below(node, bound)) {
      while (node % 2 == 1) {
        node /= 2;
      }
      if (node == 0) {
        return keys_.size();
      }
      ++node;
    }
    while (node < leaves_) {
      node = has_below(2 * node, bound) ? 2 * node : 2 * node + 1;
    }
    return node - leaves_;
  }

 private:
  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  bool has_below(std::size_t node, const Key& bound) const {
    return winner_[node] != kNone && keys_[winner_[node]] < bound;
  }

  std::uint32_t better(std::uint32_t left, std::uint32_t right) const {
    if (right == kNone) {
      return left;
    }
    return keys_[right] < keys_[left] ? right : left;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> winner_;  ///< 32-bit indices halve the cache use and still name 4e9 items
  std::size_t leaves_ = 1;
};

}  // namespace idlewatt
