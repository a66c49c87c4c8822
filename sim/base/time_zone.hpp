// Local time of a site: an offset from UTC and a rule of daylight saving. The rules are written here rather than
// taken from the machine's time-zone database, so that a run gives the same bill on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace idlewatt {

/// The rule by which clocks go forward by an hour in summer.
enum class DaylightSaving : std::uint8_t {
  none,
  europe,  ///< last Sunday of March to last Sunday of October, 01:00 UTC (directive 2000/84/EC)
  us,      ///< second Sunday of March to first Sunday of November, 02:00 local (Energy Policy Act of 2005, section 110)
};

struct TimeZone {
  std::string name = "UTC";
  std::int32_t offset_s = 0;  ///< seconds that local standard time is ahead of UTC
  DaylightSaving daylight_saving = DaylightSaving::none;
};

/// A moment as local clocks and calendars show it.
struct LocalTime {
  int year = 1970;
  int month = 1;    ///< 1 to 12
  int day = 1;      ///< 1 to 31
  int weekday = 3;  ///< 0 = Monday
  int second = 0;   ///< seconds since local midnight, 0 to 86,399
};

/// The local time at `unix_s`, seconds since 1970-01-01T00:00:00Z.
LocalTime local_time(const TimeZone& zone, std::int64_t unix_s);

/// Seconds that local clocks are ahead of UTC at `unix_s`, daylight saving included.
std::int32_t utc_offset_s(const TimeZone& zone, std::int64_t unix_s);

/// The first moment after `unix_s` at which local clocks are put forward or back; nothing in a zone without
/// daylight saving.
std::optional<std::int64_t> next_clock_change(const TimeZone& zone, std::int64_t unix_s);

/// Days of a month of the Gregorian calendar.
int days_in_month(int year, int month);

/// The time zone of a name: "UTC", "UTC-8", "UTC+05:30", or one of time_zone_names(). Nothing for any other name.
std::optional<TimeZone> find_time_zone(const std::string& name);

/// The names of the IANA database that find_time_zone() knows: "America/Los_Angeles"...
std::vector<std::string> time_zone_names();

/// A moment in UTC, for messages: "2023-03-26 01:00 UTC".
std::string utc_text(std::int64_t unix_s);

/// A moment in local time, for messages: "Mon 2024-07-01 00:00 America/Los_Angeles".
std::string local_text(const TimeZone& zone, std::int64_t unix_s);

/// The local clock of a simulation: its time zone and the moment of simulated time 0. By default, time 0 is Monday
/// 2024-01-01, midnight UTC.
struct LocalClock {
  TimeZone zone = {};
  std::int64_t start_unix_s = 1'704'067'200;  ///< at simulated time 0; 2024-01-01T00:00:00Z
};

}  // namespace idlewatt
