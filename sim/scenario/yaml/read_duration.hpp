// Reads simulated times, which become ticks.
#pragma once

#include <string_view>

#include "base/ticks.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The longest time that a scenario may name: 1000 days.
inline constexpr double kLongestTimeS = 1000.0 * 86400.0;

/// The bounds of a time above zero.
inline constexpr Bounds kDuration{.maximum = kLongestTimeS, .above_zero = true};
/// The bounds of a time from zero on.
inline constexpr Bounds kTimeFromZero{.minimum = 0.0, .maximum = kLongestTimeS};

/// The time of `key` in ticks, within the bounds of the section's table. Throws InputError, also for a time so short
/// that it rounds to 0 ticks.
Ticks read_duration(const Section& section, std::string_view key);

/// The time of `key` in ticks, above zero and at most `maximum_s`. Throws InputError, also for a time so short that it
/// rounds to 0 ticks.
Ticks read_duration(const Fields& fields, std::string_view key, double maximum_s);

}  // namespace idlewatt
