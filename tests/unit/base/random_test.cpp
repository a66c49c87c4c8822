#include "base/random.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("A stream depends on its seed and its name, and on nothing else") {
  RandomStream one(1, "arrivals");
  RandomStream same(1, "arrivals");
  RandomStream other_name(1, "lengths");
  RandomStream other_seed(2, "arrivals");
  const std::uint64_t first = one.bits();
  CHECK(first == same.bits());
  CHECK(first != other_name.bits());
  CHECK(first != other_seed.bits());
}

TEST_CASE("Draws lie in their range and have their mean") {
  RandomStream random(7, "mean");
  const int draws = 100'000;
  double uniform = 0.0;
  double exponential = 0.0;
  for (int i = 0; i < draws; ++i) {
    const double u = random.uniform();
    const double p = random.uniform_positive();
    const double e = random.exponential();
    REQUIRE((u >= 0.0 && u < 1.0));
    REQUIRE((p > 0.0 && p <= 1.0));
    REQUIRE((e >= 0.0 && std::isfinite(e)));
    uniform += u;
    exponential += e;
  }
  // Five standard deviations of the mean.
  CHECK(std::abs(uniform / draws - 0.5) < 5.0 * 0.2887 / std::sqrt(draws));
  CHECK(std::abs(exponential / draws - 1.0) < 5.0 / std::sqrt(draws));
}

}  // namespace
}  // namespace idlewatt
