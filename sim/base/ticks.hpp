// Simulated time as an integer, so that jumping over n steps and taking them one by one agree exactly.
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
/// "Never": later than every time that can be simulated.
inline constexpr Ticks kNever = std::numeric_limits<Ticks>::max();

/// Seconds to ticks, rounded to the nearest. Throws Error when the result does not fit or the argument is NaN.
Ticks to_ticks(double seconds);

/// Ticks to seconds, for people and files; never fed back into simulated time.
constexpr double to_seconds(Ticks ticks) {
  return static_cast<double>(ticks) / static_cast<double>(kTicksPerSecond);
}

/// Narrows an exact sum to ticks. Throws Error when simulated time would overflow.
Ticks checked_ticks(int128_t ticks);

}  // namespace idlewatt
