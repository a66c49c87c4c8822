// Simulated time as an integer, so that a jump over n steps and n single steps end at exactly the same time.
#pragma once

#include <cstdint>
#include <limits>

#include "base/int128.hpp"

namespace idlewatt {

/// A point in simulated time or a duration. 1 tick = 10 ps; an int64 holds 2.9 years of them.
using Ticks = std::int64_t;

inline constexpr Ticks kTicksPerSecond = 100'000'000'000;
inline constexpr Ticks kTicksPerMicrosecond = kTicksPerSecond / 1'000'000;
inline constexpr Ticks kTicksPerMillisecond = kTicksPerSecond / 1'000;
/// The time "never", later than every time that can be simulated.
inline constexpr Ticks kNever = std::numeric_limits<Ticks>::max();

/// Ticks of a duration in seconds, rounded to the nearest. Throws Error when the result does not fit into Ticks and
/// when the argument is NaN.
Ticks to_ticks(double seconds);

/// Seconds of a time in ticks, for people and files. The result is never used to compute simulated time.
constexpr double to_seconds(Ticks ticks) {
  return static_cast<double>(ticks) / static_cast<double>(kTicksPerSecond);
}

[[noreturn]] void throw_overflow();

/// The sum as Ticks. Throws Error when the sum does not fit (simulated time would overflow).
constexpr Ticks checked_ticks(int128_t ticks) {
  const auto narrow = static_cast<Ticks>(ticks);
  if (narrow != ticks || narrow < -kNever) {
    throw_overflow();
  }
  return narrow;
}

}  // namespace idlewatt
