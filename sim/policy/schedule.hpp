// A timetable: numbers of replicas by time of day and day of the week, by local clocks.
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

/// "mon-fri 08:00".
struct WeekTime {
  std::array<bool, 7> days{};  ///< from Monday; at least one
  std::int32_t second_of_day = 0;
  bool operator==(const WeekTime&) const = default;
};

/// From this time of these days on, so many replicas.
struct ScheduleEntry {
  WeekTime at;
  std::int32_t replicas = 0;
  bool operator==(const ScheduleEntry&) const = default;
};

/// Not empty, and no moment of the week twice; in any order.
using Schedule = std::vector<ScheduleEntry>;

/// Reads "08:00" (every day), "sat 09:30", "mon-fri 08:00", "mon,wed,sat-sun 22:15:30". Nothing, with `problem` set to
/// "what is wrong; expected what", when that is none.
std::optional<WeekTime> parse_week_time(std::string_view text, std::string& problem);

/// The shortest text that reads back as the same.
std::string week_time_text(const WeekTime& time);

/// `{at: "mon-fri 08:00", replicas: 8}`, and a list of them, as a scenario has it.
std::string schedule_entry_text(const ScheduleEntry& entry);
std::string schedule_text(const Schedule& schedule);

/// The first second of the week (0: Monday 00:00) that two entries both name.
std::optional<std::int64_t> moment_named_twice(const Schedule& schedule);

/// A timetable as a function of time, over and over each week.
class WeekPlan {
 public:
  explicit WeekPlan(const Schedule& schedule);

  /// At a time that clocks show, in seconds since 1970-01-01 00:00 by those clocks; and how long until an entry is due
  /// again (1 s to a week) if nobody changes the clocks.
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
