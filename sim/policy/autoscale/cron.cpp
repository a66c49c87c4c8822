#include "policy/autoscale/cron.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>
#include <vector>

namespace idlewatt {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::optional<std::int32_t> whole_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

using Names = std::vector<std::string_view>;
const Names kNoNames;
const Names kMonths{"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
const Names kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

std::optional<std::int32_t> value_of(std::string_view text, const Names& names) {
  std::string small;
  for (const char c : text) {
    small += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto named = std::find(names.begin(), names.end(), small);
  if (!small.empty() && named != names.end()) {
    return static_cast<std::int32_t>(named - names.begin());
  }
  return whole_number(text);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

/// One field; false when it is none. `any`: it restricts nothing.
template <std::size_t size>
bool read_field(std::string_view text, std::int32_t first, std::int32_t last, const Names& names,
                std::array<bool, size>& field, bool& any) {
  any = false;
  for (const std::string_view part : split(text, ',')) {
    const std::vector<std::string_view> stepped = split(part, '/');
    std::int32_t step = 1;
    if (stepped.size() > 2 || (stepped.size() == 2 && whole_number(stepped[1]).value_or(0) < 1)) {
      return false;
    }
    if (stepped.size() == 2) {
      step = *whole_number(stepped[1]);
    }
    std::int32_t from = first;
    std::int32_t to = last;
    if (stepped[0] == "*" || stepped[0] == "?") {
      any = any || step == 1;
    } else {
      const std::vector<std::string_view> ends = split(stepped[0], '-');
      const std::optional<std::int32_t> low = value_of(ends[0], names);
      const std::optional<std::int32_t> high = ends.size() > 1 ? value_of(ends[1], names) : low;
      if (ends.size() > 2 || !low || !high || *low < first || *high > last || *low > *high) {
        return false;
      }
      from = *low;
      to = ends.size() == 1 && stepped.size() == 2 ? last : *high;
    }
    for (std::int32_t value = from; value <= to; value += step) {
      field[static_cast<std::size_t>(value)] = true;
    }
  }
  return true;
}

}  // namespace

std::optional<CronExpression> CronExpression::parse(std::string_view text, std::string& problem) {
  std::vector<std::string_view> fields;
  for (const std::string_view field : split(text, ' ')) {
    if (!field.empty()) {
      fields.push_back(field);
    }
  }
  problem = "is no cron expression; expected five fields such as `0 8 * * 1-5`";
  CronExpression result;
  bool any = false;
  if (fields.size() != 5 || !read_field(fields[0], 0, 59, kNoNames, result.minutes_, any) ||
      !read_field(fields[1], 0, 23, kNoNames, result.hours_, any) ||
      !read_field(fields[2], 1, 31, kNoNames, result.days_, result.any_day_) ||
      !read_field(fields[3], 1, 12, kMonths, result.months_, any) ||
      !read_field(fields[4], 0, 6, kWeekdays, result.weekdays_, result.any_weekday_)) {
    return std::nullopt;
  }
  problem.clear();
  return result;
}

bool CronExpression::fires_at(const LocalTime& minute) const {
  const int minute_of_day = minute.second / 60;
  if (!minutes_[static_cast<std::size_t>(minute_of_day % 60)] ||
      !hours_[static_cast<std::size_t>(minute_of_day / 60)]) {
    return false;
  }
  const bool day = days_[static_cast<std::size_t>(minute.day)];
  const bool weekday = weekdays_[static_cast<std::size_t>((minute.weekday + 1) % 7)];  // cron's weeks begin on Sunday
  return months_[static_cast<std::size_t>(minute.month)] &&
         (any_day_ || any_weekday_ ? day && weekday : day || weekday);
}

CronWindow::State CronWindow::state(std::int64_t unix_s) const {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kLongest = 366 * 86'400;
  const std::int64_t minute = floor_div(unix_s, kMinute) * kMinute;
  for (std::int64_t at = minute + kMinute; at <= minute + kLongest; at += kMinute) {
    const LocalTime wall = local_time(zone, at);
    if (end.fires_at(wall)) {
      return {.active = true, .until_unix_s = at};
    }
    if (start.fires_at(wall)) {
      return {.active = false, .until_unix_s = at};
    }
  }
  return {.active = false, .until_unix_s = minute + kLongest};
}

}  // namespace idlewatt
