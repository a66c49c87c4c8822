#include "base/ticks.hpp"

#include <limits>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Seconds become ticks of 10 ps, to the nearest") {
  CHECK(to_ticks(1.0) == kTicksPerSecond);
  CHECK(to_ticks(0.05) == 50 * kTicksPerMillisecond);
  CHECK(to_ticks(70e-6) == 70 * kTicksPerMicrosecond);
  CHECK(to_ticks(-1.0) == -kTicksPerSecond);
  CHECK(to_ticks(4e-12) == 0);
  CHECK(to_ticks(6e-12) == 1);
  CHECK(to_seconds(to_ticks(86400.0)) == Approx(86400.0));
}

TEST_CASE("Times beyond 2.9 years are refused") {
  CHECK_THROWS_AS(to_ticks(1e8), Error);
  CHECK_THROWS_AS(to_ticks(-1e8), Error);
  CHECK_THROWS_AS(to_ticks(std::numeric_limits<double>::quiet_NaN()), Error);
  CHECK_THROWS_AS(to_ticks(std::numeric_limits<double>::infinity()), Error);
  CHECK_THROWS_AS(checked_ticks(static_cast<int128_t>(kNever) + 1), Error);
  CHECK(checked_ticks(kNever) == kNever);
}

}  // namespace
}  // namespace idlewatt
