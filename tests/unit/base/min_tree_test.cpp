#include "base/min_tree.hpp"

#include <algorithm>

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Of equal keys the lowest item wins") {
  MinTree<int> tree(5, 3);
  CHECK(tree.top() == 0);
  tree.update(4, 1);
  tree.update(2, 1);
  CHECK(tree.top() == 2);
  CHECK(tree.top_key() == 1);
  tree.update(2, 9);
  CHECK(tree.top() == 4);
}

TEST_CASE("A tree of one item, and one that grows") {
  MinTree<int> tree(1, 7);
  CHECK(tree.top() == 0);
  tree.resize(3, 5);
  CHECK(tree.size() == 3);
  CHECK(tree.key(0) == 7);
  CHECK(tree.top() == 1);
}

TEST_CASE("The tree agrees with a search, after any changes") {
  RandomStream random(2, "min-tree");
  for (const std::size_t items : {1U, 2U, 3U, 8U, 13U, 100U, 300U}) {
    MinTree<int> tree(items, 50);
    std::vector<int> keys(items, 50);
    for (int i = 0; i < 500; ++i) {
      const std::size_t item = random.bits() % items;
      keys[item] = static_cast<int>(random.bits() % 20);
      tree.update(item, keys[item]);
      const auto best = static_cast<std::size_t>(std::min_element(keys.begin(), keys.end()) - keys.begin());
      REQUIRE(tree.top() == best);
      REQUIRE(tree.top_key() == keys[best]);
    }
  }
}

TEST_CASE("The first item from a place on whose key is below a bound, as a search finds it") {
  RandomStream random(3, "min-tree");
  for (const std::size_t items : {0U, 1U, 2U, 3U, 8U, 13U, 100U}) {
    MinTree<int> tree(items, 9);
    std::vector<int> keys(items, 9);
    for (int i = 0; i < 500; ++i) {
      if (items > 0) {
        const std::size_t item = random.bits() % items;
        keys[item] = static_cast<int>(random.bits() % 10);
        tree.update(item, keys[item]);
      }
      const std::size_t from = random.bits() % (items + 2);
      const int bound = static_cast<int>(random.bits() % 11);
      std::size_t expected = std::min(from, items);
      while (expected < items && keys[expected] >= bound) {
        ++expected;
      }
      REQUIRE(tree.first_below(from, bound) == expected);
    }
  }
}

}  // namespace
}  // namespace idlewatt
