// Times as logs write them: dates and times, or numbers of seconds, milliseconds and so on since 1970 or since a start.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ticks.hpp"

namespace idlewatt {

/// What a number in a time's place counts.
enum class TimeUnit : std::uint8_t { seconds, milliseconds, microseconds, nanoseconds };

/// A time, exact to the tick and of any size.
struct Instant {
  std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z, or since whatever the file's times count from
  Ticks fraction = 0;        ///< of a second: at least 0, below a second
  bool is_date = false;      ///< written as a date

  bool operator<(const Instant& other) const {
    return seconds != other.seconds ? seconds < other.seconds : fraction < other.fraction;
  }
};

/// "2024-05-10T00:00:00.25+02:00" and what else base/date_time.hpp reads, UTC where no zone is said, or a number of
/// `unit`s such as `1786789000.125` or `1e-05`, not below 0. Nothing for any other text.
std::optional<Instant> parse_instant(std::string_view text, TimeUnit unit);

/// From `start` to `time`, in ticks; nothing when they are more than 2.8 years apart.
std::optional<Ticks> ticks_between(const Instant& start, const Instant& time);

/// `time` and so many ticks, which may be negative.
Instant later(const Instant& time, Ticks by);

}  // namespace idlewatt
