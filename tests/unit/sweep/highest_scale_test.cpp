#include "sweep/highest_scale.hpp"

#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("the highest scale is found to one part in a hundred, wherever it is") {
  for (const double limit : {0.0011, 0.3, 0.999, 1.0, 1.5, 7.0, 900.0}) {
    int calls = 0;
    const auto found = highest_scale([&](double scale) {
      ++calls;
      return scale <= limit;
    });
    REQUIRE(found);
    REQUIRE(found->misses);
    CHECK(found->meets <= limit);
    CHECK(*found->misses > limit);
    CHECK(*found->misses <= 1.01 * found->meets);
    CHECK(calls <= 20);
  }
}

TEST_CASE("a fleet that misses its SLO without traffic has no highest rate, and one that never misses no limit") {
  CHECK_FALSE(highest_scale([](double) { return false; }));
  const auto endless = highest_scale([](double) { return true; });
  REQUIRE(endless);
  CHECK(endless->meets == 1024.0);
  CHECK_FALSE(endless->misses);
}
