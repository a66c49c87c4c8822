#include "base/rounding.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/int128.hpp"
#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("rounding: the nearest whole number is std::llround's, halves and the largest numbers included") {
  for (const double value : {0.0, 0.5, 0.49999999999999994, 1.5, 2.5, 4503599627370495.5, 9007199254740993.0, 8.9e18}) {
    CHECK(nearest(value) == std::llround(value));
    CHECK(nearest(-value) == std::llround(-value));
  }
  RandomStream random(1, "rounding");
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.uniform() * 62.0));
    REQUIRE(nearest(value) == std::llround(value));
  }
}

TEST_CASE("128 bits: a quotient is that of the plain division, whether 64 bits hold the number or not") {
  const int128_t large = static_cast<int128_t>(std::numeric_limits<std::int64_t>::max()) * 1000 + 7;
  for (const int128_t value : {int128_t{0}, int128_t{7}, int128_t{-7}, large, -large,
                               static_cast<int128_t>(std::numeric_limits<std::int64_t>::min())}) {
    for (const std::int64_t by : {std::int64_t{1}, std::int64_t{3}, std::numeric_limits<std::int64_t>::max()}) {
      CHECK((quotient(value, by) == value / by));
    }
  }
}

}  // namespace idlewatt
