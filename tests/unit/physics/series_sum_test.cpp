#include "physics/series_sum.hpp"

#include <type_traits>

#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// The sum as with_series_sum() gives it, and whether it was made in 64 bits.
struct Sum {
  int128_t value = 0;
  bool in_64_bits = false;
};

Sum sum_of(std::int64_t first, std::int64_t growth, std::int64_t terms) {
  return with_series_sum(first, growth, terms, [](auto sum) {
    return Sum{.value = sum, .in_64_bits = std::is_same_v<decltype(sum), std::int64_t>};
  });
}

TEST_CASE("a series' sum is what its terms add up to, made in 64 bits only where these hold it") {
  constexpr std::int64_t kFirst = std::int64_t{1} << 32;
  constexpr std::int64_t kTerms = std::int64_t{1} << 15;
  for (const std::int64_t first : {std::int64_t{0}, std::int64_t{7}, kFirst - 1, kFirst, std::int64_t{-1}}) {
    for (const std::int64_t growth : {std::int64_t{0}, std::int64_t{1}, kFirst - 1, kFirst, std::int64_t{-1}}) {
      for (const std::int64_t terms : {std::int64_t{0}, std::int64_t{1}, std::int64_t{100}, kTerms - 1, kTerms}) {
        int128_t expected = 0;
        for (std::int64_t term = 0; term < terms; ++term) {
          expected += first + static_cast<int128_t>(term) * growth;
        }
        const Sum sum = sum_of(first, growth, terms);
        REQUIRE((sum.value == expected));
        const bool small = first >= 0 && first < kFirst && growth >= 0 && growth < kFirst && terms < kTerms;
        REQUIRE(sum.in_64_bits == small);
      }
    }
  }
}

}  // namespace
}  // namespace idlewatt
