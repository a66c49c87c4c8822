// Dates and times in the form of ISO 8601, and the moments that they name in a time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.hpp"

namespace idlewatt {

/// A date with a time of day, as a text states it. A date without a time stands for its midnight.
struct DateTime {
  std::int64_t wall_s = 0;      ///< seconds from 1970-01-01 00:00 to the date and time as written, in the text's own
                                ///< zone
  std::int32_t nanosecond = 0;  ///< nanosecond of the second, 0 to 999,999,999; further digits are cut
  bool has_time = false;        ///< false where the text is a date alone
  std::optional<std::int32_t> utc_offset_s;  ///< offset from UTC in seconds that the text states, 0 for `Z`; empty
                                             ///< where it states none
};

/// Reads "2024-01-01", "2024-01-01T08:00" or "2024-01-01 08:00:30.25"; a time may end with "Z", "+02:00", "+0200"
/// or "+02". The form must cover the whole of `text`. Returns nothing for any other form and for dates and times that
/// do not exist.
std::optional<DateTime> parse_date_time(std::string_view text);

/// The moment at which clocks of `zone` show `wall_s`, in seconds since 1970-01-01T00:00:00Z. Returns nothing and
/// sets `problem` for times that clocks skip in spring ("does not exist in Europe/Berlin: ...") or show twice in
/// autumn.
std::optional<std::int64_t> unix_time(const TimeZone& zone, std::int64_t wall_s, std::string& problem);

/// The moment that a date and time name, in seconds since 1970-01-01T00:00:00Z: by the offset from UTC in the text
/// where the text has one, otherwise by the clocks of `zone`. Returns nothing and sets `problem` as above.
std::optional<std::int64_t> unix_time(const TimeZone& zone, const DateTime& time, std::string& problem);

}  // namespace idlewatt
