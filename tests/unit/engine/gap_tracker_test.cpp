#include "engine/gap_tracker.hpp"

#include <algorithm>
#include <vector>

#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("the longest gap after a step is found among the later ones only") {
  GapTracker gaps;
  CHECK(gaps.longest_after(0) == 0);
  gaps.push(1, 50);
  gaps.push(2, 30);
  gaps.push(10, 40);
  CHECK(gaps.longest_after(0) == 50);
  CHECK(gaps.longest_after(1) == 40);
  CHECK(gaps.longest_after(9) == 40);
  CHECK(gaps.longest_after(10) == 0);
  gaps.clear();
  CHECK(gaps.longest_after(0) == 0);
}

TEST_CASE("a gap tracker agrees with a list of all gaps") {
  RandomStream random(1, "gap tracker");
  GapTracker gaps;
  std::vector<Ticks> all;  // gap of step i + 1
  for (int round = 0; round < 2000; ++round) {
    const auto gap = static_cast<Ticks>(random.uniform() * 100.0);
    all.push_back(gap);
    gaps.push(static_cast<std::int64_t>(all.size()), gap);
    const auto size = static_cast<std::int64_t>(all.size());
    const auto asked = static_cast<std::int64_t>(random.uniform() * static_cast<double>(size + 1));
    const Ticks expected = asked == size ? 0 : *std::max_element(all.begin() + asked, all.end());
    REQUIRE(gaps.longest_after(asked) == expected);
  }
}

}  // namespace
}  // namespace idlewatt
