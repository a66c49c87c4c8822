// The smallest of n keys that change, found in O(log n): next changes of replicas, loads for routing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace idlewatt {

/// A tournament tree over the keys of items 0..n-1, in groups of four: half as many rounds as of pairs, and the keys of a
/// round stand side by side. Of equal keys the one of the lower item wins, so the answer does not depend on the order of
/// updates. No key is larger than std::numeric_limits<Key>::max(); of a type that has no limits that is Key{}.
template <class Key>
class MinTree {
 public:
  MinTree() = default;
  MinTree(std::size_t items, Key initial) { resize(items, initial); }

  /// Grows the tree to `items` items. New items get the key `initial`.
  void resize(std::size_t items, Key initial) {
    std::vector<Key> keys(items, initial);
    for (std::size_t item = 0; item < std::min(items, items_); ++item) {
      keys[item] = key(item);
    }
    items_ = items;
    leaf_ = 0;
    for (std::size_t leaves = 1; leaves < items; leaves *= 4) {
      leaf_ = 4 * leaf_ + 1;
    }
    nodes_.assign(4 * leaf_ + 1, Entry{});
    for (std::size_t item = 0; item < items; ++item) {
      nodes_[leaf_ + item] = {keys[item], static_cast<std::uint32_t>(item)};
    }
    for (std::size_t node = leaf_; node-- > 0;) {
      nodes_[node] = winner_from(4 * node + 1);
    }
  }

  std::size_t size() const { return items_; }
  const Key& key(std::size_t item) const { return nodes_[leaf_ + item].key; }

  void update(std::size_t item, Key key) {
    std::size_t node = leaf_ + item;
    nodes_[node].key = key;
    while (node > 0) {
      node = (node - 1) / 4;
      nodes_[node] = winner_from(4 * node + 1);
    }
  }

  /// The item with the smallest key. Requires size() > 0.
  std::size_t top() const { return nodes_[0].item; }
  const Key& top_key() const { return nodes_[0].key; }

  /// The first item at or after `from` whose key is below `bound`; size() when there is none.
  std::size_t first_below(std::size_t from, const Key& bound) const {
    if (from >= items_) {
      return items_;
    }
    // Up from the leaf until a subtree to the right holds one, then down to its leftmost.
    std::size_t node = leaf_ + from;
    while (!has_below(node, bound)) {
      while (node > 0 && node % 4 == 0) {
        node = (node - 1) / 4;
      }
      if (node == 0) {
        return items_;
      }
      ++node;
    }
    while (node < leaf_) {
      node = 4 * node + 1;
      while (!has_below(node, bound)) {
        ++node;
      }
    }
    return node - leaf_;
  }

 private:
  /// The winner of a subtree. Leaves without an item have the largest key there is, and stand behind all others.
  struct Entry {
    Key key = std::numeric_limits<Key>::max();
    std::uint32_t item = 0;
  };

  bool has_below(std::size_t node, const Key& bound) const { return nodes_[node].key < bound; }

  /// Of four nodes, from `first` on. Without branches, for nobody can predict which of them wins.
  const Entry& winner_from(std::size_t first) const {
    const Entry* const four = &nodes_[first];
    const auto left = static_cast<std::size_t>(four[1].key < four[0].key);
    const auto right = 2 + static_cast<std::size_t>(four[3].key < four[2].key);
    const auto wins = static_cast<std::size_t>(four[right].key < four[left].key);
    return four[left ^ ((left ^ right) & (0 - wins))];
  }

  std::vector<Entry> nodes_ = std::vector<Entry>(1);  ///< node n has the children 4n + 1 to 4n + 4; the root is 0
  std::size_t items_ = 0;
  std::size_t leaf_ = 0;  ///< the node of item 0
};

}  // namespace idlewatt
