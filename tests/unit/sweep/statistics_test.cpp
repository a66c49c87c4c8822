#include "sweep/statistics.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using namespace idlewatt;

TEST_CASE("Student's quantiles are those of the tables") {
  // Any statistics textbook has these.
  CHECK(student_975(4) == Approx(2.776).epsilon(2e-4));
  CHECK(student_975(12) == Approx(2.179).epsilon(2e-4));
  CHECK(student_975(13) == Approx(2.160).epsilon(3e-4));
  CHECK(student_975(30) == Approx(2.042).epsilon(3e-4));
  CHECK(student_975(1000) == Approx(1.962).epsilon(3e-4));
  // With one degree of freedom the distribution is Cauchy's; with two its quantile is a square root as well.
  constexpr double pi = 3.14159265358979323846;
  CHECK(student_975(1) == Approx(std::tan(0.475 * pi)).epsilon(1e-12));
  CHECK(student_975(2) == Approx(0.95 / std::sqrt(2.0 * 0.975 * 0.025)).epsilon(1e-12));
  CHECK(std::isnan(student_975(0)));
}

TEST_CASE("mean and interval of a few values") {
  const Estimate some = estimate({1.0, 2.0, 3.0, 6.0});
  CHECK(some.mean == 3.0);
  // Deviation sqrt(14/3), standard error half of that, three degrees of freedom.
  CHECK(some.ci95 == Approx(3.1824463 * std::sqrt(14.0 / 3.0) / 2.0).epsilon(1e-6));
  CHECK(estimate({5.0, 5.0}).ci95 == 0.0);
}

TEST_CASE("one value has no interval, and a missing one spoils the mean") {
  CHECK(estimate({4.0}).mean == 4.0);
  CHECK(std::isnan(estimate({4.0}).ci95));
  CHECK(std::isnan(estimate({}).mean));
  CHECK(std::isnan(estimate({1.0, std::numeric_limits<double>::quiet_NaN()}).mean));
}
