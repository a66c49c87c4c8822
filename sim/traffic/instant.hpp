// Times as logs write them: dates with times, or numbers of seconds, milliseconds and so on since 1970 or since a
// start.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ticks.hpp"

namespace idlewatt {

/// The unit of a number that stands in the place of a time.
enum class TimeUnit : std::uint8_t { seconds, milliseconds, microseconds, nanoseconds };

/// "seconds", "milliseconds", "microseconds", "nanoseconds".
const char* name_of(TimeUnit unit);

/// A moment of any age, exact to the tick.
struct Instant {
  std::int64_t seconds = 0;  ///< seconds since 1970-01-01T00:00:00Z, or since the origin of the file's times
  Ticks fraction = 0;        ///< rest below a second, at least 0
  bool is_date = false;      ///< true when the text was a date rather than a number

  bool operator<(const Instant& other) const {
    return seconds != other.seconds ? seconds < other.seconds : fraction < other.fraction;
  }
};

/// Reads a date and time of any form that base/date_time.hpp reads ("2024-05-10T00:00:00.25+02:00"; UTC without a
/// zone), or a number of `unit`s, at least 0, such as `1786789000.125` or `1e-05`. Returns nothing for any other text.
std::optional<Instant> parse_instant(std::string_view text, TimeUnit unit);

/// Ticks from `start` to `time`; nothing when they are more than 2.8 years apart.
std::optional<Ticks> ticks_between(const Instant& start, const Instant& time);

/// The moment `by` ticks after `time`; `by` may be negative.
Instant later(const Instant& time, Ticks by);

}  // namespace idlewatt
