// Dates and times as people and programs write them (ISO 8601), and what they mean at a place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.hpp"

namespace idlewatt {

/// A date and a time of day as written; a date alone is its midnight.
struct DateTime {
  std::int64_t wall_s = 0;      ///< seconds from 1970-01-01 00:00 to what the text shows, of whatever zone it is
  std::int32_t nanosecond = 0;  ///< of the second; digits beyond are cut
  bool has_time = false;        ///< not a date alone
  std::optional<std::int32_t> utc_offset_s;  ///< of the text: 0 for `Z`; none where the text says no zone
};

/// "2024-01-01", "2024-01-01T08:00", "2024-01-01 08:00:30.25", each perhaps with "Z", "+02:00", "+0200" or "+02" behind
/// a time. The whole of `text`; nothing for any other form, and for dates and times that do not exist.
std::optional<DateTime> parse_date_time(std::string_view text);

/// Seconds since 1970-01-01T00:00:00Z of what clocks at a place show as `wall_s`. Nothing, with `problem` set, for
/// times that clocks skip in spring ("does not exist in Europe/Berlin: ...") or show twice in autumn.
std::optional<std::int64_t> unix_time(const TimeZone& zone, std::int64_t wall_s, std::string& problem);

/// The same for a text's time: by the offset that it names itself, else by the clocks of `zone`.
std::optional<std::int64_t> unix_time(const TimeZone& zone, const DateTime& time, std::string& problem);

}  // namespace idlewatt
