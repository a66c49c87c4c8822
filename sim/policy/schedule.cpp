#include "policy/schedule.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

#include "base/spelling_suggestion.hpp"

namespace idlewatt {
namespace {

constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr const char* kExpected = "expected days and a time such as `mon-fri 08:00`, `sat,sun 10:30` or `22:00`";

std::optional<std::size_t> day_number(std::string_view name, std::string& problem) {
  const auto found = std::find(kDays.begin(), kDays.end(), name);
  if (found != kDays.end()) {
    return static_cast<std::size_t>(found - kDays.begin());
  }
  problem =
      fmt::format("`{}` is no day of the week; expected one of `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`", name);
  if (const auto meant = nearest(name, std::vector<std::string>(kDays.begin(), kDays.end()))) {
    problem += fmt::format("; did you mean `{}`?", *meant);
  }
  return std::nullopt;
}

/// "mon,wed-fri" into `days`; a range may go over the week's end.
bool parse_days(std::string_view text, std::array<bool, 7>& days, std::string& problem) {
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const auto first = day_number(part.substr(0, dash), problem);
    const auto last = dash == std::string_view::npos || !first ? first : day_number(part.substr(dash + 1), problem);
    if (!first || !last) {
      return false;
    }
    for (std::size_t day = *first;; day = (day + 1) % days.size()) {
      days[day] = true;
      if (day == *last) {
        break;
      }
    }
    if (comma == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(comma + 1);
  }
}

/// "08:00" or "08:00:30".
std::optional<std::int32_t> parse_time(std::string_view text) {
  const auto two_digits = [&](std::size_t at, std::int32_t most) -> std::optional<std::int32_t> {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 2, value);
    return error == std::errc() && end == text.data() + at + 2 && value >= 0 && value <= most ? std::optional(value)
                                                                                              : std::nullopt;
  };
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':' || (text.size() == 8 && text[5] != ':')) {
    return std::nullopt;
  }
  const auto hour = two_digits(0, 23);
  const auto minute = two_digits(3, 59);
  const auto second = text.size() == 8 ? two_digits(6, 59) : 0;
  if (!hour || !minute || !second) {
    return std::nullopt;
  }
  return *hour * 3600 + *minute * 60 + *second;
}

std::string two_digits_text(std::int32_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string days_text(const std::array<bool, 7>& days) {
  std::string text;
  for (std::size_t first = 0; first < days.size(); ++first) {
    if (!days[first]) {
      continue;
    }
    std::size_t last = first;
    while (last + 1 < days.size() && days[last + 1]) {
      ++last;
    }
    text += (text.empty() ? "" : ",") + std::string(kDays[first]);
    if (last > first) {
      text += (last == first + 1 ? "," : "-") + std::string(kDays[last]);
    }
    first = last;
  }
  return text;
}

std::int64_t second_of_week(std::int64_t unix_s) {
  constexpr std::int64_t kThursday = 3 * kSecondsPerDay;  // 1970 began on one
  return ((unix_s + kThursday) % kSecondsPerWeek + kSecondsPerWeek) % kSecondsPerWeek;
}

template <class Visit>
void for_moments(const WeekTime& time, Visit visit) {
  for (std::size_t day = 0; day < time.days.size(); ++day) {
    if (time.days[day]) {
      visit(static_cast<std::int64_t>(day) * kSecondsPerDay + time.second_of_day);
    }
  }
}

}  // namespace

std::optional<WeekTime> parse_week_time(std::string_view text, std::string& problem) {
  WeekTime result;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    result.days.fill(true);
  } else if (!parse_days(text.substr(0, space), result.days, problem)) {
    return std::nullopt;
  }
  const std::string_view clock = space == std::string_view::npos ? text : text.substr(space + 1);
  const auto time = parse_time(clock);
  if (!time) {
    problem = fmt::format("`{}` is no time of day; {}", clock, kExpected);
    return std::nullopt;
  }
  result.second_of_day = *time;
  return result;
}

std::string week_time_text(const WeekTime& time) {
  const std::int32_t second = time.second_of_day % 60;
  const std::string clock = two_digits_text(time.second_of_day / 3600) + ":" +
                            two_digits_text(time.second_of_day / 60 % 60) +
                            (second > 0 ? ":" + two_digits_text(second) : "");
  const bool daily = std::all_of(time.days.begin(), time.days.end(), [](bool day) { return day; });
  return daily ? clock : days_text(time.days) + " " + clock;
}

std::string schedule_entry_text(const ScheduleEntry& entry) {
  return fmt::format("{{at: \"{}\", replicas: {}}}", week_time_text(entry.at), entry.replicas);
}

std::string schedule_text(const Schedule& schedule) {
  std::string text;
  for (const ScheduleEntry& entry : schedule) {
    text += (text.empty() ? "" : ", ") + schedule_entry_text(entry);
  }
  return fmt::format("[{}]", text);
}

std::optional<std::int64_t> moment_named_twice(const Schedule& schedule) {
  std::vector<std::int64_t> moments;
  for (const ScheduleEntry& entry : schedule) {
    for_moments(entry.at, [&](std::int64_t moment) { moments.push_back(moment); });
  }
  std::sort(moments.begin(), moments.end());
  const auto twice = std::adjacent_find(moments.begin(), moments.end());
  return twice == moments.end() ? std::nullopt : std::optional(*twice);
}

WeekPlan::WeekPlan(const Schedule& schedule) {
  for (const ScheduleEntry& entry : schedule) {
    for_moments(entry.at, [&](std::int64_t moment) { changes_.push_back({moment, entry.replicas}); });
  }
  std::sort(changes_.begin(), changes_.end(),
            [](const Change& a, const Change& b) { return a.second_of_week < b.second_of_week; });
}

std::size_t WeekPlan::changes_until(std::int64_t second_of_week) const {
  const auto later = std::upper_bound(changes_.begin(), changes_.end(), second_of_week,
                                      [](std::int64_t second, const Change& c) { return second < c.second_of_week; });
  return static_cast<std::size_t>(later - changes_.begin());
}

std::int32_t WeekPlan::replicas_at(std::int64_t wall_s) const {
  const std::size_t until = changes_until(second_of_week(wall_s));
  return until == 0 ? changes_.back().replicas : changes_[until - 1].replicas;  // Sunday's last rules on Monday
}

std::int64_t WeekPlan::seconds_to_next(std::int64_t wall_s) const {
  const std::int64_t now = second_of_week(wall_s);
  const std::size_t until = changes_until(now);
  return until == changes_.size() ? changes_.front().second_of_week + kSecondsPerWeek - now
                                  : changes_[until].second_of_week - now;
}

}  // namespace idlewatt
