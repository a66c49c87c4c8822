#include "base/statistics.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("Quantiles of a sample, straight between its values") {
  CHECK(quantile({3, 1, 2}, 0.0) == 1);
  CHECK(quantile({3, 1, 2}, 0.5) == 2);
  CHECK(quantile({3, 1, 2}, 1.0) == 3);
  CHECK(quantile({0, 10}, 0.05) == Approx(0.5));
  CHECK(quantile({7}, 0.95) == 7);
  CHECK(std::isnan(quantile({}, 0.5)));
}

TEST_CASE("Rank correlation sees order, not size") {
  const std::vector<double> a{1, 2, 3, 4, 5};
  CHECK(rank_correlation(a, std::vector<double>{1, 10, 100, 1000, 10000}) == Approx(1));
  CHECK(rank_correlation(a, std::vector<double>{9, 7, 5, 3, 1}) == Approx(-1));
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [2, 2, 1, 5, 4]) = 0.5642880936468347
  CHECK(rank_correlation(a, std::vector<double>{2, 2, 1, 5, 4}) == Approx(0.5642880936468347));
  CHECK(std::isnan(rank_correlation(a, std::vector<double>{1, 1, 1, 1, 1})));
  CHECK(std::isnan(rank_correlation(std::vector<double>{1, 2}, std::vector<double>{1, 2})));
}

}  // namespace
}  // namespace idlewatt
