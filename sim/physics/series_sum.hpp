// Sums of arithmetic series of any length, at the price of short ones where they are short.
#pragma once

#include <cstdint>

#include "base/int128.hpp"

namespace idlewatt {

/// The sum of `terms` numbers, of which the first is `first` and each other is `growth` larger than the one before.
/// Requires that `Wide` holds the sum.
template <class Wide>
constexpr Wide series_sum(std::int64_t first, std::int64_t growth, std::int64_t terms) {
  return static_cast<Wide>(first) * terms + static_cast<Wide>(terms) * (terms - 1) / 2 * growth;
}

/// Calls `use` with that sum, in 64 bits where they surely suffice and in 128 bits otherwise. A product of two 64-bit
/// numbers takes a processor one instruction, a product of wider ones several. Nearly all runs of steps are short.
template <class Use>
constexpr auto with_series_sum(std::int64_t first, std::int64_t growth, std::int64_t terms, Use use) {
  // Below 2^32 and 2^15, the sum is below 2^47 + 2^61. A negative number is not below: its shift leaves -1.
  const bool is_short = ((first | growth) >> 32) == 0 && (terms >> 15) == 0;
  return is_short ? use(series_sum<std::int64_t>(first, growth, terms))
                  : use(series_sum<int128_t>(first, growth, terms));
}

}  // namespace idlewatt
