#include "base/date_time.hpp"

#include <chrono>
#include <fmt/core.h>

namespace idlewatt {
namespace {

constexpr std::int64_t kDay = 86400;
constexpr std::int32_t kHour = 3600;

/// Takes parts from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool skip(char c) {
    if (peek() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_word(std::string_view word) {
    const bool there = rest_.starts_with(word);
    rest_.remove_prefix(there ? word.size() : 0);
    return there;
  }

  /// A number of exactly `digits` digits that is at most `most`.
  std::optional<int> number(std::size_t digits, int most) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
        return std::nullopt;
      }
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value <= most ? std::optional<int>(value) : std::nullopt;
  }

  /// Digits of a fraction, as nanoseconds; at least one digit must be there.
  std::optional<std::int32_t> nanoseconds() {
    std::int32_t value = 0;
    std::int32_t worth = 100'000'000;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      value += worth * (rest_[digits] - '0');
      worth /= 10;
    }
    rest_.remove_prefix(digits);
    return digits > 0 ? std::optional<std::int32_t>(value) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::optional<std::int64_t> scan_date(Scanner& scanner) {
  const auto year = scanner.number(4, 9999);
  if (!year || !scanner.skip('-')) {
    return std::nullopt;
  }
  const auto month = scanner.number(2, 12);
  if (!month || !scanner.skip('-')) {
    return std::nullopt;
  }
  const auto day = scanner.number(2, 31);
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  return date.ok() ? std::optional<std::int64_t>(std::chrono::sys_days(date).time_since_epoch().count() * kDay)
                   : std::nullopt;
}

/// "Z", "UTC", "+02:00", "-0800", "+02".
std::optional<std::int32_t> scan_offset(Scanner& scanner) {
  if (scanner.skip_word("UTC")) {
    return 0;
  }
  if (scanner.skip('Z') || scanner.skip('z')) {
    return 0;
  }
  const bool behind = scanner.peek() == '-';
  if (!scanner.skip('+') && !scanner.skip('-')) {
    return std::nullopt;
  }
  constexpr int kMostHours = 14;  // Kiribati
  const auto hours = scanner.number(2, kMostHours);
  if (!hours) {
    return std::nullopt;
  }
  std::optional<int> minutes = 0;
  if (!scanner.done()) {
    scanner.skip(':');
    minutes = scanner.number(2, 59);
  }
  if (!minutes) {
    return std::nullopt;
  }
  const std::int32_t offset = *hours * kHour + *minutes * 60;
  return behind ? -offset : offset;
}

bool scan_time(Scanner& scanner, DateTime& result) {
  const auto hour = scanner.number(2, 23);
  if (!hour || !scanner.skip(':')) {
    return false;
  }
  const auto minute = scanner.number(2, 59);
  std::optional<int> second = 0;
  if (minute && scanner.skip(':')) {
    second = scanner.number(2, 59);
    if (second && (scanner.skip('.') || scanner.skip(','))) {  // ISO 8601 has both
      const auto nanosecond = scanner.nanoseconds();
      if (!nanosecond) {
        return false;
      }
      result.nanosecond = *nanosecond;
    }
  }
  if (!minute || !second) {
    return false;
  }
  result.wall_s += *hour * kHour + *minute * 60 + *second;
  result.has_time = true;
  return true;
}

}  // namespace

std::optional<DateTime> parse_date_time(std::string_view text) {
  Scanner scanner(text);
  const auto date = scan_date(scanner);
  if (!date) {
    return std::nullopt;
  }
  DateTime result{.wall_s = *date, .nanosecond = 0, .has_time = false, .utc_offset_s = std::nullopt};
  if (scanner.done()) {
    return result;
  }
  if (!scanner.skip('T') && !scanner.skip('t') && !scanner.skip(' ')) {
    return std::nullopt;
  }
  if (!scan_time(scanner, result)) {
    return std::nullopt;
  }
  if (!scanner.done()) {
    scanner.skip(' ');
    result.utc_offset_s = scan_offset(scanner);
    if (!result.utc_offset_s || !scanner.done()) {
      return std::nullopt;
    }
  }
  return result;
}

std::optional<std::int64_t> unix_time(const TimeZone& zone, std::int64_t wall_s, std::string& problem) {
  // Clocks show it with the offset before or after a change of clocks; a change is at most a day away.
  const std::int64_t early = wall_s - utc_offset_s(zone, wall_s - zone.offset_s - kDay);
  const std::int64_t late = wall_s - utc_offset_s(zone, wall_s - zone.offset_s + kDay);
  const auto shows = [&](std::int64_t unix_s) { return unix_s + utc_offset_s(zone, unix_s) == wall_s; };
  if (shows(early) && shows(late)) {
    if (early == late) {
      return early;
    }
    problem = fmt::format(
        "clocks in {} show it twice, when daylight saving ends: it is {} or {}; expected one of them, such as with `Z` "
        "behind a time in UTC",
        zone.name, utc_text(early), utc_text(late));
    return std::nullopt;
  }
  if (shows(early) || shows(late)) {
    return shows(early) ? early : late;
  }
  problem = fmt::format("clocks in {} skip it when daylight saving begins; expected a time an hour earlier or later",
                        zone.name);
  return std::nullopt;
}

std::optional<std::int64_t> unix_time(const TimeZone& zone, const DateTime& time, std::string& problem) {
  return time.utc_offset_s ? std::optional<std::int64_t>(time.wall_s - *time.utc_offset_s)
                           : unix_time(zone, time.wall_s, problem);
}

}  // namespace idlewatt
