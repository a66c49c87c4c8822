// 128-bit integers. -Wpedantic accepts the compiler's type only behind __extension__.
#pragma once

#include <cstdint>

namespace idlewatt {

__extension__ typedef __int128 int128_t;
__extension__ typedef unsigned __int128 uint128_t;

/// `value / by`, rounded towards zero. A 128-bit division takes a processor several times as long as a 64-bit one, and is
/// rarely needed. Requires by > 0.
constexpr int128_t quotient(int128_t value, std::int64_t by) {
  const auto narrow = static_cast<std::int64_t>(value);
  return narrow == value ? narrow / by : value / by;
}

}  // namespace idlewatt
