#include "base/energy.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Power over time is exact energy") {
  CHECK((Power::from_w(400.0) * kTicksPerSecond).fj == static_cast<int128_t>(400) * 1'000'000'000'000'000);
  CHECK((Power::from_w(0.0001) * 1).fj == 1);
  CHECK((Power::from_w(1000.0) * (3600 * kTicksPerSecond)).kwh() == Approx(1.0));
}

TEST_CASE("Energy from joules, small and large") {
  CHECK(Energy::from_j(1e-15).fj == 1);
  CHECK(Energy::from_j(3.6e6).kwh() == Approx(1.0));
  CHECK(Energy::from_j(8999.0).j() == Approx(8999.0));
  CHECK(Energy::from_j(-2.0).j() == Approx(-2.0));
  CHECK_THROWS_AS(Energy::from_j(std::numeric_limits<double>::quiet_NaN()), Error);
  CHECK_THROWS_AS(Energy::from_j(1e21), Error);
  CHECK_THROWS_AS(Power::from_w(std::numeric_limits<double>::infinity()), Error);
}

TEST_CASE("Shares never exceed the whole, and the rest makes it whole") {
  const Energy energy = Energy::from_j(1.0);
  CHECK(share(energy, 0, 7).fj == 0);
  CHECK(share(energy, 7, 7) == energy);
  CHECK(share(energy, 3, 7).fj == static_cast<int128_t>(1'000'000'000'000'000) * 3 / 7);
}

TEST_CASE("Shares agree with wide arithmetic, and do not overflow at the largest durations") {
  RandomStream random(1, "shares");
  for (int i = 0; i < 1000; ++i) {
    const auto whole = static_cast<Ticks>(random.bits() >> 34U) + 1;
    const auto part = static_cast<Ticks>(random.uniform() * static_cast<double>(whole));
    const auto fj = static_cast<std::int64_t>(random.bits() >> 2U);
    CHECK(share({fj}, part, whole).fj == static_cast<int128_t>(fj) * part / whole);
  }
  const Ticks longest = kNever - 1;
  const Energy huge = Energy::from_j(1e18);
  CHECK(share(huge, longest, longest) == huge);
  CHECK(share(huge, longest - 1, longest) < huge);
}

}  // namespace
}  // namespace idlewatt
