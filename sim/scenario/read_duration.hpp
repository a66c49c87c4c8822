// Times that are simulated: those that become ticks.
#pragma once

#include <string_view>

#include "base/ticks.hpp"
#include "scenario/section.hpp"

namespace idlewatt {

/// The longest time that a scenario may name: 1000 days.
inline constexpr double kLongestTimeS = 1000.0 * 86400.0;

/// The form of a time above zero.
inline constexpr Bounds kDuration{.maximum = kLongestTimeS, .above_zero = true};
/// The form of a time from zero on.
inline constexpr Bounds kTimeFromZero{.minimum = 0.0, .maximum = kLongestTimeS};

/// The time that `key` gives, in ticks; its table has the bounds. Throws InputError; also for a time that is so short
/// that it rounds to no tick at all.
Ticks read_duration(const Section& section, std::string_view key);

/// The time that `key` gives, above zero and at most `maximum_s`, in ticks. Throws InputError; also for a time that is
/// so short that it rounds to no tick at all.
Ticks read_duration(const Fields& fields, std::string_view key, double maximum_s);

}  // namespace idlewatt
