// Local time of a site: an offset from UTC, and a rule of daylight saving. Own rules instead of the machine's database
// of time zones, so that a run gives the same bill everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace idlewatt {

/// When clocks go forward by an hour.
enum class DaylightSaving : std::uint8_t {
  none,
  europe,  ///< last Sunday of March to last Sunday of October, 01:00 UTC (directive 2000/84/EC)
  us,      ///< second Sunday of March to first Sunday of November, 02:00 local (Energy Policy Act of 2005, section 110)
};

struct TimeZone {
  std::string name = "UTC";
  std::int32_t offset_s = 0;  ///< local standard time less UTC
  DaylightSaving daylight_saving = DaylightSaving::none;
};

/// A point in time as clocks and calendars on the wall show it.
struct LocalTime {
  int year = 1970;
  int month = 1;    ///< 1 to 12
  int day = 1;      ///< 1 to 31
  int weekday = 3;  ///< 0 = Monday
  int second = 0;   ///< of the day
};

/// `unix_s`: seconds since 1970-01-01T00:00:00Z.
LocalTime local_time(const TimeZone& zone, std::int64_t unix_s);

/// What clocks show less UTC, daylight saving included.
std::int32_t utc_offset_s(const TimeZone& zone, std::int64_t unix_s);

/// The first moment after `unix_s` at which clocks are put forward or back; nothing where they never are.
std::optional<std::int64_t> next_clock_change(const TimeZone& zone, std::int64_t unix_s);

/// Days of a month of the Gregorian calendar.
int days_in_month(int year, int month);

/// By name: "UTC", "UTC-8", "UTC+05:30", or one of time_zone_names(). Nothing for another.
std::optional<TimeZone> find_time_zone(const std::string& name);

/// "UTC", "America/Los_Angeles"...: the names of the IANA database that are known here.
std::vector<std::string> time_zone_names();

/// "2023-03-26 01:00 UTC", for messages.
std::string utc_text(std::int64_t unix_s);

/// "Mon 2024-07-01 00:00 America/Los_Angeles".
std::string local_text(const TimeZone& zone, std::int64_t unix_s);

/// Where local clocks stand while a simulation runs. As it is made, time 0 is a Monday's midnight in UTC.
struct LocalClock {
  TimeZone zone = {};
  std::int64_t start_unix_s = 1'704'067'200;  ///< at simulated time 0; 2024-01-01T00:00:00Z
};

}  // namespace idlewatt
