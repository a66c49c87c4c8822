// The smallest of n keys that change, found in O(log n): next changes of replicas, loads for routing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace idlewatt {

/// A tree over the keys of items 0..n-1, in groups of four: half as many rounds as of pairs, and the keys of a round stand
/// side by side. A node has the smallest key below it and no item: that makes an update short, which is what happens
/// most, and top() finds its item on the way down. Of equal keys the one of the lower item wins, so the answer does not
/// depend on the order of updates. No key is larger than std::numeric_limits<Key>::max(); of a type that has no limits
/// that is Key{}.
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
    nodes_.assign(4 * leaf_ + 1, kLargest);
    std::copy(keys.begin(), keys.end(), nodes_.begin() + static_cast<std::ptrdiff_t>(leaf_));
    for (std::size_t node = leaf_; node-- > 0;) {
      nodes_[node] = least_of(&nodes_[4 * node + 1]);
    }
  }

  std::size_t size() const { return items_; }
  const Key& key(std::size_t item) const { return nodes_[leaf_ + item]; }

  void update(std::size_t item, Key key) {
    std::size_t node = leaf_ + item;
    Key* const nodes = nodes_.data();
    nodes[node] = key;
    while (node > 0) {
      node = (node - 1) / 4;
      const Key least = least_of(nodes + 4 * node + 1);
      if (!(least < nodes[node]) && !(nodes[node] < least)) {
        return;  // nothing changes above it
      }
      nodes[node] = least;
    }
  }

  /// The item with the smallest key. Requires size() > 0.
  std::size_t top() const {
    const Key* const nodes = nodes_.data();
    const Key least = nodes[0];
    std::size_t node = 0;
    while (node < leaf_) {
      const Key* const four = nodes + 4 * node + 1;
      // How many of the four stand before the first that has the smallest key. Masks in place of branches, for nobody can
      // predict which of them it is.
      const auto if_larger = [&](std::size_t child) { return -static_cast<std::size_t>(least < four[child]); };
      const std::size_t before = ((((1 - if_larger(2)) & if_larger(1)) + 1) & if_larger(0));
      node = 4 * node + 1 + before;
    }
    return node - leaf_;
  }
  const Key& top_key() const { return nodes_[0]; }

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
  /// The key of leaves without an item, which stand behind all others.
  static constexpr Key kLargest = std::numeric_limits<Key>::max();

  bool has_below(std::size_t node, const Key& bound) const { return nodes_[node] < bound; }

  static Key smaller(Key left, Key right) { return right < left ? right : left; }
  static Key least_of(const Key* four) { return smaller(smaller(four[0], four[1]), smaller(four[2], four[3])); }

  std::vector<Key> nodes_{kLargest};  ///< node n has the children 4n + 1 to 4n + 4; the root is 0
  std::size_t items_ = 0;
  std::size_t leaf_ = 0;  ///< the node of item 0
};

}  // namespace idlewatt
