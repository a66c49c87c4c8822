#include "base/ring_queue.hpp"

#include <deque>

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("A ring agrees with a queue of the standard library, after any changes") {
  RandomStream random(4, "ring-queue");
  RingQueue<int> ring;
  std::deque<int> queue;
  for (int i = 0; i < 2000; ++i) {
    // Grows for a while, then shrinks, so that the ring wraps around at several sizes.
    const bool adds = queue.empty() || random.bits() % 8 < (i / 250 % 2 == 0 ? 6U : 2U);
    if (adds && random.bits() % 4 > 0) {
      ring.push_back(int{i});
      queue.push_back(i);
    } else if (adds) {
      ring.push_front(int{i});
      queue.push_front(i);
    } else if (random.bits() % 3 > 0) {
      ring.pop_front();
      queue.pop_front();
    } else {
      const std::size_t place = random.bits() % queue.size();
      REQUIRE(ring.take(place) == queue[place]);
      queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(place));
    }
    REQUIRE(ring.size() == queue.size());
    REQUIRE(ring.empty() == queue.empty());
    for (std::size_t place = 0; place < queue.size(); ++place) {
      REQUIRE(ring[place] == queue[place]);
    }
  }
}

}  // namespace
}  // namespace idlewatt
