// A timetable: numbers of replicas by day of the week and time of day, on local clocks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kSecondsPerWeek = 7 * kSecondsPerDay;

/// A time of day on some days of the week: "mon-fri 08:00".
struct WeekTime {
  std::array<bool, 7> days{};  ///< days from Monday; at least one
  std::int32_t second_of_day = 0;
  bool operator==(const WeekTime&) const = default;
};

/// The number of replicas from a time of the week on.
struct ScheduleEntry {
  WeekTime at;
  std::int32_t replicas = 0;
  bool operator==(const ScheduleEntry&) const = default;
};

/// The entries in any order: at least one, and no moment of the week twice.
using Schedule = std::vector<ScheduleEntry>;

/// Reads "08:00" (every day), "sat 09:30", "mon-fri 08:00", "mon,wed,sat-sun 22:15:30". Returns nothing and sets
/// `problem` to "what is wrong; expected what" for any other text.
std::optional<WeekTime> parse_week_time(std::string_view text, std::string& problem);

/// The shortest text that reads back as the same time.
std::string week_time_text(const WeekTime& time);

/// An entry `{at: "mon-fri 08:00", replicas: 8}`, and a list of entries, as a scenario has them.
std::string schedule_entry_text(const ScheduleEntry& entry);
std::string schedule_text(const Schedule& schedule);

/// The first second of the week (0: Monday 00:00) that two entries both name; nothing where there is none.
std::optional<std::int64_t> moment_named_twice(const Schedule& schedule);

/// A timetable as a function of time that repeats each week.
class WeekPlan {
 public:
  explicit WeekPlan(const Schedule& schedule);

  /// The replicas at a local time, and the seconds until an entry is due again (1 to 604,800) if clocks are not
  /// changed. `wall_s` counts seconds from 1970-01-01 00:00 as local clocks show them.
  std::int32_t replicas_at(std::int64_t wall_s) const;
  std::int64_t seconds_to_next(std::int64_t wall_s) const;

 private:
  struct Change {
    std::int64_t second_of_week = 0;
    std::int32_t replicas = 0;
  };

  std::size_t changes_until(std::int64_t second_of_week) const;

  std::vector<Change> changes_;  ///< by time
};

}  // namespace idlewatt
