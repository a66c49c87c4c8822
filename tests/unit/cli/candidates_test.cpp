#include "cli/calibrate/candidates.hpp"

#include <catch2/catch.hpp>
#include <cmath>

namespace idlewatt {
namespace {

TEST_CASE("An unknown is 0 at the catalogue's value, and a time can become 0", "[calibrate]") {
  const Candidate time{.kind = "engines",
                       .entry = "e",
                       .key = "step_overhead",
                       .dimension = Dimension::time,
                       .value = 300e-6,
                       .offset = 100e-6,
                       .prior_sd = 1.0,
                       .highest = std::numeric_limits<double>::infinity()};
  CHECK(time.at(0.0) == Approx(300e-6));
  CHECK(time.unknown(700e-6) == Approx(std::log(2.0)));
  CHECK(time.at(std::log(2.0)) == Approx(700e-6));
  CHECK(time.least_x() == Approx(-std::log(4.0)));
  CHECK(time.at(-10.0) == 0.0);
  CHECK(std::isinf(time.greatest_x()));
}

TEST_CASE("A share has a greatest value and cannot become 0", "[calibrate]") {
  const Candidate share{.kind = "accelerators",
                        .entry = "a",
                        .key = "bandwidth_efficiency",
                        .dimension = Dimension::share,
                        .value = 0.5,
                        .offset = 0.0,
                        .prior_sd = 1.0,
                        .highest = 1.0};
  CHECK(share.greatest_x() == Approx(std::log(2.0)));
  CHECK(std::isinf(share.least_x()));
  CHECK(share.path() == "accelerators.a.bandwidth_efficiency");
}

}  // namespace
}  // namespace idlewatt
