#include "base/time_zone.hpp"

#include <charconv>
#include <chrono>
#include <fmt/core.h>
#include <iterator>

namespace idlewatt {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kHour = 3600;

struct NamedZone {
  const char* name;
  std::int32_t offset_s;
  DaylightSaving rule;
};

// Of the IANA database, as of 2023; zones whose rules changed of late are left out.
constexpr NamedZone kZones[] = {
    {"UTC", 0, DaylightSaving::none},
    {"America/Chicago", -6 * 3600, DaylightSaving::us},
    {"America/Denver", -7 * 3600, DaylightSaving::us},
    {"America/Los_Angeles", -8 * 3600, DaylightSaving::us},
    {"America/New_York", -5 * 3600, DaylightSaving::us},
    {"America/Phoenix", -7 * 3600, DaylightSaving::none},
    {"America/Toronto", -5 * 3600, DaylightSaving::us},
    {"America/Vancouver", -8 * 3600, DaylightSaving::us},
    {"Asia/Dubai", 4 * 3600, DaylightSaving::none},
    {"Asia/Hong_Kong", 8 * 3600, DaylightSaving::none},
    {"Asia/Kolkata", 5 * 3600 + 1800, DaylightSaving::none},
    {"Asia/Seoul", 9 * 3600, DaylightSaving::none},
    {"Asia/Shanghai", 8 * 3600, DaylightSaving::none},
    {"Asia/Singapore", 8 * 3600, DaylightSaving::none},
    {"Asia/Tokyo", 9 * 3600, DaylightSaving::none},
    {"Australia/Brisbane", 10 * 3600, DaylightSaving::none},
    {"Europe/Amsterdam", 3600, DaylightSaving::europe},
    {"Europe/Berlin", 3600, DaylightSaving::europe},
    {"Europe/Brussels", 3600, DaylightSaving::europe},
    {"Europe/Copenhagen", 3600, DaylightSaving::europe},
    {"Europe/Dublin", 0, DaylightSaving::europe},
    {"Europe/Helsinki", 2 * 3600, DaylightSaving::europe},
    {"Europe/London", 0, DaylightSaving::europe},
    {"Europe/Madrid", 3600, DaylightSaving::europe},
    {"Europe/Oslo", 3600, DaylightSaving::europe},
    {"Europe/Paris", 3600, DaylightSaving::europe},
    {"Europe/Prague", 3600, DaylightSaving::europe},
    {"Europe/Rome", 3600, DaylightSaving::europe},
    {"Europe/Stockholm", 3600, DaylightSaving::europe},
    {"Europe/Vienna", 3600, DaylightSaving::europe},
    {"Europe/Warsaw", 3600, DaylightSaving::europe},
    {"Europe/Zurich", 3600, DaylightSaving::europe},
};

std::int64_t unix_of(std::chrono::sys_days day) {
  return day.time_since_epoch().count() * kDay;
}

/// When daylight saving begins and ends in a year.
struct SummerTime {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

SummerTime summer_time(const TimeZone& zone, std::chrono::year y) {
  using namespace std::chrono;
  if (zone.daylight_saving == DaylightSaving::europe) {
    return {.begin = unix_of(sys_days(y / March / Sunday[last])) + kHour,
            .end = unix_of(sys_days(y / October / Sunday[last])) + kHour};
  }
  // 02:00 standard time, and 02:00 daylight time, which is 01:00 standard time.
  return {.begin = unix_of(sys_days(y / March / Sunday[2])) + 2 * kHour - zone.offset_s,
          .end = unix_of(sys_days(y / November / Sunday[1])) + kHour - zone.offset_s};
}

/// Of standard time.
std::chrono::year year_of(const TimeZone& zone, std::int64_t unix_s) {
  using namespace std::chrono;
  const auto standard_days = sys_days(days((unix_s + zone.offset_s) / kDay - ((unix_s + zone.offset_s) % kDay < 0)));
  return year_month_day(standard_days).year();
}

bool saves_daylight(const TimeZone& zone, std::int64_t unix_s) {
  if (zone.daylight_saving == DaylightSaving::none) {
    return false;
  }
  const SummerTime summer = summer_time(zone, year_of(zone, unix_s));
  return unix_s >= summer.begin && unix_s < summer.end;
}

/// "2023-03-26 01:00".
std::string clock_text(const LocalTime& time) {
  return fmt::format("{:04d}-{:02d}-{:02d} {:02d}:{:02d}", time.year, time.month, time.day, time.second / 3600,
                     time.second / 60 % 60);
}

// "UTC-8", "UTC+05:30".
std::optional<TimeZone> fixed_offset(const std::string& name) {
  if (name.size() < 5 || name.compare(0, 3, "UTC") != 0 || (name[3] != '+' && name[3] != '-')) {
    return std::nullopt;
  }
  const char* begin = name.data() + 4;
  const char* const end = name.data() + name.size();
  int hours = 0;
  int minutes = 0;
  const auto [after_hours, error] = std::from_chars(begin, end, hours);
  if (error != std::errc() || after_hours - begin > 2 || hours < 0 || hours > 14) {
    return std::nullopt;
  }
  if (after_hours != end) {
    const auto [stop, more] = std::from_chars(after_hours + 1, end, minutes);
    // Prices change on quarter hours, so clocks do too.
    if (*after_hours != ':' || more != std::errc() || stop != end || end - after_hours != 3 || minutes % 15 != 0 ||
        minutes < 0 || minutes > 45) {
      return std::nullopt;
    }
  }
  const std::int32_t offset = hours * 3600 + minutes * 60;
  return TimeZone{.name = name, .offset_s = name[3] == '-' ? -offset : offset};
}

}  // namespace

std::int32_t utc_offset_s(const TimeZone& zone, std::int64_t unix_s) {
  return zone.offset_s + (saves_daylight(zone, unix_s) ? static_cast<std::int32_t>(kHour) : 0);
}

std::optional<std::int64_t> next_clock_change(const TimeZone& zone, std::int64_t unix_s) {
  if (zone.daylight_saving == DaylightSaving::none) {
    return std::nullopt;
  }
  const std::chrono::year year = year_of(zone, unix_s);
  const SummerTime summer = summer_time(zone, year);
  return unix_s < summer.begin ? summer.begin
         : unix_s < summer.end ? summer.end
                               : summer_time(zone, year + std::chrono::years(1)).begin;
}

LocalTime local_time(const TimeZone& zone, std::int64_t unix_s) {
  using namespace std::chrono;
  const std::int64_t local = unix_s + utc_offset_s(zone, unix_s);
  const std::int64_t day_number = local / kDay - (local % kDay < 0 ? 1 : 0);
  const sys_days date{days(day_number)};
  const year_month_day calendar(date);
  return {.year = static_cast<int>(calendar.year()),
          .month = static_cast<int>(static_cast<unsigned>(calendar.month())),
          .day = static_cast<int>(static_cast<unsigned>(calendar.day())),
          .weekday = static_cast<int>(weekday(date).iso_encoding()) - 1,
          .second = static_cast<int>(local - day_number * kDay)};
}

int days_in_month(int year, int month) {
  using namespace std::chrono;
  const year_month_day_last last_day{std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) / last};
  return static_cast<int>(static_cast<unsigned>(last_day.day()));
}

std::optional<TimeZone> find_time_zone(const std::string& name) {
  for (const NamedZone& zone : kZones) {
    if (name == zone.name) {
      return TimeZone{.name = name, .offset_s = zone.offset_s, .daylight_saving = zone.rule};
    }
  }
  return fixed_offset(name);
}

std::vector<std::string> time_zone_names() {
  std::vector<std::string> names;
  for (const NamedZone& zone : kZones) {
    names.emplace_back(zone.name);
  }
  return names;
}

std::string utc_text(std::int64_t unix_s) {
  return clock_text(local_time({}, unix_s)) + " UTC";
}

std::string local_text(const TimeZone& zone, std::int64_t unix_s) {
  constexpr const char* kWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const LocalTime time = local_time(zone, unix_s);
  return std::string(kWeekdays[time.weekday]) + " " + clock_text(time) + " " + zone.name;
}

}  // namespace idlewatt
