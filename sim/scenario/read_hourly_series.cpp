#include "scenario/read_hourly_series.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include "scenario/fields.hpp"
#include "base/error.hpp"
#include "base/quantity.hpp"
#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
const char* const kTime = "an hour in UTC such as `2023-01-01 05:00:00+00:00`";

/// Digits of `text` as a number; nothing where there is anything else.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && text.find_first_not_of("0123456789") == text.npos
             ? std::optional<int>(value)
             : std::nullopt;
}

/// "2023-01-01 05:00:00" as seconds since 1970, and what follows it.
std::optional<std::int64_t> parse_date_time(std::string_view text, std::string_view& rest) {
  constexpr std::size_t length = 19;
  if (text.size() < length || text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  const auto hour = digits(text.substr(11, 2));
  const auto minute = digits(text.substr(14, 2));
  const auto second = digits(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  rest = text.substr(length);
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400} + *hour * kHour + *minute * 60 +
         *second;
}

std::int64_t read_time(const CsvFields& fields, std::string_view text) {
  std::string_view offset;
  const std::optional<std::int64_t> time = parse_date_time(text, offset);
  if (!time) {
    fields.fail_field("utc", text, kTime);
  }
  if (!offset.empty() && offset != "Z" && offset != "+00:00" && offset != "+0000") {
    fields.fail_field("utc", text, std::string(kTime) + ", in no other time zone");
  }
  if (*time % kHour != 0) {
    fields.fail_field("utc", text, std::string(kTime) + ", a whole one");
  }
  return *time;
}

/// Rows follow each other hour by hour. Local times do not, twice a year.
void check_next(const LineReader& lines, std::size_t column, std::int64_t last, std::int64_t time) {
  const std::string saving = "; local times jump with daylight saving, UTC does not";
  if (time <= last) {
    lines.fail(column, utc_text(time) + " follows " + utc_text(last),
               "each hour once, ascending" + std::string(time == last ? saving : ""));
  }
  if (time != last + kHour) {
    const std::int64_t missing = (time - last) / kHour - 1;
    lines.fail(column,
               (missing == 1 ? "an hour is" : std::to_string(missing) + " hours are") + " missing between " +
                   utc_text(last) + " and " + utc_text(time),
               "a row for every hour" + std::string(missing == 1 ? saving : ""));
  }
}

double read_value(const CsvFields& fields, const std::string& column, std::string_view text,
                  const SeriesBounds& bounds) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < bounds.least ||
      value > bounds.most) {
    fields.fail_field(column, text, "a number from " + number_text(bounds.least) + " to " + number_text(bounds.most));
  }
  return value;
}

std::vector<std::string> read_header(LineReader& lines) {
  std::string_view line;
  if (!lines.next(line)) {
    throw InputError(lines.path() + ": is empty (expected a header such as `utc,price_usd_mwh`)");
  }
  std::vector<std::string> names;
  for (CsvFields fields(lines, line); fields.more();) {
    names.emplace_back(fields.next());
  }
  return names;
}

std::size_t index_of(const LineReader& lines, const std::vector<std::string>& names, const std::string& column) {
  const auto found = std::find(names.begin(), names.end(), column);
  if (found == names.end()) {
    lines.fail(1, "has no column `" + column + "`", "one of " + list_text(names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::shared_ptr<const HourlySeries> read_hourly_series(const std::string& path, const std::string& name,
                                                       const std::string& column, const SeriesBounds& bounds,
                                                       bool repeats) {
  LineReader lines(path);
  const std::vector<std::string> names = read_header(lines);
  const std::size_t time_at = index_of(lines, names, "utc");
  const std::size_t value_at = index_of(lines, names, column);
  auto series = std::make_shared<HourlySeries>(HourlySeries{.path = name, .column = column, .repeats = repeats});
  std::string_view line;
  std::int64_t last = 0;
  bool first = true;
  while (lines.next(line)) {
    if (line.empty()) {
      continue;
    }
    CsvFields fields(lines, line);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view text = fields.need(names[i], "as many fields as the header has");
      if (i == time_at) {
        const std::int64_t time = read_time(fields, text);
        if (first) {
          series->start_unix_s = time;
        } else {
          check_next(lines, fields.column(), last, time);
        }
        first = false;
        last = time;
      } else if (i == value_at) {
        series->values.push_back(read_value(fields, column, text, bounds));
      }
    }
    fields.need_end(names.back());
  }
  if (series->values.empty()) {
    throw InputError(path + ": holds no row (expected one for every hour)");
  }
  return series;
}

}  // namespace idlewatt
