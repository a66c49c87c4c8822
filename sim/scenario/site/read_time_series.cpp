#include "scenario/site/read_time_series.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "base/date_time.hpp"
#include "base/error.hpp"
#include "base/quantity.hpp"
#include "scenario/feed/table.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/yaml_tree.hpp"
#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kHour = 3600;
const char* const kTime = "an hour in UTC such as `2023-01-01 05:00:00+00:00`";

std::int64_t read_time(const CsvFields& fields, std::string_view text) {
  const std::optional<DateTime> time = parse_date_time(text);
  if (!time || !time->has_time) {
    fields.fail_field("utc", text, kTime);
  }
  if (time->utc_offset_s.value_or(0) != 0) {
    fields.fail_field("utc", text, std::string(kTime) + ", in no other time zone");
  }
  if (time->wall_s % kHour != 0 || time->nanosecond != 0) {
    fields.fail_field("utc", text, std::string(kTime) + ", a whole one");
  }
  return time->wall_s;
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
    lines.fail(
        column,
        fmt::format("{} missing between {} and {}", missing == 1 ? "an hour is" : fmt::format("{} hours are", missing),
                    utc_text(last), utc_text(time)),
        "a row for every hour" + std::string(missing == 1 ? saving : ""));
  }
}

double read_value(const CsvFields& fields, const std::string& column, std::string_view text,
                  const SeriesBounds& bounds) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < bounds.least ||
      value > bounds.most) {
    fields.fail_field(column, text,
                      fmt::format("a number from {} to {}", number_text(bounds.least), number_text(bounds.most)));
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
    lines.fail(1, fmt::format("has no column `{}`", column), "one of " + list_text(names));
  }
  return static_cast<std::size_t>(found - names.begin());
}

TimeSeries read_hours(const SeriesRequest& request) {
  LineReader lines(request.path);
  const std::vector<std::string> names = read_header(lines);
  const std::size_t time_at = index_of(lines, names, "utc");
  const std::size_t value_at = index_of(lines, names, request.column);
  TimeSeries series{.path = request.name, .column = request.column, .unit = request.unit};
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
          series.start_unix_s = time;
        } else {
          check_next(lines, fields.column(), last, time);
        }
        first = false;
        last = time;
      } else if (i == value_at) {
        series.values.push_back(read_value(fields, request.column, text, request.bounds));
      }
    }
    fields.need_end(names.back());
  }
  if (series.values.empty()) {
    throw InputError(request.path + ": holds no row (expected one for every hour)");
  }
  return series;
}

/// "31.12.2024 23:00" with a day that comes first; a date with slashes may have the month there.
std::optional<std::int64_t> dotted_time(std::string_view text) {
  return text.find('/') == std::string_view::npos ? parse_european_time(text) : std::nullopt;
}

/// Rows of a table whose columns the scenario names.
FeedRows read_mapped(const FeedFile& file, const SeriesRequest& request) {
  FeedTable table(file);
  const std::size_t time_at = table.at(request.time);
  const std::size_t value_at = table.at(request.column);
  LocalTimes local(request.zone);
  FeedRows result{.unit = request.unit, .about = fmt::format("column {}, as the scenario says", request.column)};
  while (table.next()) {
    const std::string& text = table.field(time_at);
    const auto time = parse_date_time(text);
    const auto wall_s = time ? std::optional(time->wall_s) : dotted_time(text);
    const auto unix_s = time && time->utc_offset_s ? std::optional(time->wall_s - *time->utc_offset_s)
                        : wall_s                   ? local.unix_time(*wall_s)
                                                   : std::nullopt;
    if (!unix_s) {
      table.fail(feed_quoted(request.time) + " is " + feed_quoted(text),
                 "a time such as `2024-01-01T05:00`, `2024-01-01T05:00Z`, `2024-01-01T05:00+02:00` or "
                 "`31.12.2024 05:00`, which clocks show");
    }
    result.rows.push_back({*unix_s, 0, table.number(value_at)});
  }
  return result;
}

std::string plain(double value) {
  return std::isnan(value) ? "none" : number_text(value);
}

/// Sorts rows by time, and leaves out what is said twice.
void put_in_order(const FeedFile& file, std::vector<FeedRow>& rows) {
  if (rows.empty()) {
    fail_feed(file, 0, "holds no value that was asked for", "one for every step of time");
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const FeedRow& a, const FeedRow& b) { return a.start_unix_s < b.start_unix_s; });
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  std::vector<FeedRow> once;
  for (const FeedRow& row : rows) {
    if (once.empty() || once.back().start_unix_s != row.start_unix_s) {
      once.push_back(row);
    } else if (!same(once.back().value, row.value)) {
      fail_feed(file, 0,
                fmt::format("has two values for {}, {} and {}", utc_text(row.start_unix_s), plain(once.back().value),
                            plain(row.value)),
                "one for each time");
    }
  }
  rows = std::move(once);
}

/// How long a step is: what divides the length of every row, or the shortest time between two rows that do not say.
std::int64_t step_of(const FeedFile& file, std::vector<FeedRow>& rows) {
  std::int64_t shortest = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::int64_t between = rows[i].start_unix_s - rows[i - 1].start_unix_s;
    shortest = shortest == 0 ? between : std::min(shortest, between);
  }
  std::int64_t step = 0;
  for (FeedRow& row : rows) {
    if (row.end_unix_s == 0) {
      row.end_unix_s = row.start_unix_s + shortest;
    }
    step = std::gcd(step, std::gcd(row.end_unix_s - row.start_unix_s, row.start_unix_s - rows[0].start_unix_s));
  }
  constexpr std::int64_t kLongest = 86400;
  if (step < 60 || step % 60 != 0 || step > kLongest || rows[0].start_unix_s % 60 != 0) {
    fail_feed(file, 0,
              rows.size() == 1 ? std::string("holds one value, and does not say for how long")
                               : fmt::format("has steps of {} s", step),
              "steps of whole minutes, at most a day");
  }
  return step;
}

TimeSeries filled(const FeedFile& file, FeedRows feed, const SeriesRequest& request) {
  put_in_order(file, feed.rows);
  const std::int64_t step = step_of(file, feed.rows);
  TimeSeries series{.path = request.name,
                    .column = selection_text(request),
                    .unit = feed.unit,
                    .about = feed.about,
                    .start_unix_s = feed.rows[0].start_unix_s,
                    .step_s = static_cast<std::int32_t>(step)};
  constexpr std::int64_t kMostSteps = 20'000'000;
  const std::int64_t steps = (feed.rows.back().end_unix_s - series.start_unix_s) / step;
  if (steps > kMostSteps) {
    fail_feed(file, 0, fmt::format("would have {} steps of {} s", steps, step), fmt::format("at most {}", kMostSteps));
  }
  series.values.assign(static_cast<std::size_t>(steps), std::numeric_limits<double>::quiet_NaN());
  std::int64_t known_until = series.start_unix_s;
  for (const FeedRow& row : feed.rows) {
    if (row.start_unix_s < known_until || row.end_unix_s <= row.start_unix_s) {
      fail_feed(file, 0, "has two values for " + utc_text(row.start_unix_s), "rows that do not overlap");
    }
    if (row.value < request.bounds.least || row.value > request.bounds.most) {
      fail_feed(file, 0, fmt::format("has {} {} at {}", number_text(row.value), feed.unit, utc_text(row.start_unix_s)),
                number_text(request.bounds.least) + " to " + number_text(request.bounds.most));
    }
    known_until = row.end_unix_s;
    for (std::int64_t time = row.start_unix_s; time < row.end_unix_s; time += step) {
      series.values[static_cast<std::size_t>((time - series.start_unix_s) / step)] = row.value;
    }
  }
  return series;
}

void hold_gaps(TimeSeries& series) {
  for (std::size_t i = 1; i < series.values.size(); ++i) {
    if (std::isnan(series.values[i])) {
      series.values[i] = series.values[i - 1];
    }
  }
}

}  // namespace

std::string selection_text(const SeriesRequest& request) {
  if (!request.column.empty()) {
    return request.column;
  }
  std::string text = request.choice.quantity == FeedQuantity::price    ? "price"
                     : request.choice.quantity == FeedQuantity::carbon ? "carbon"
                                                                       : "temperature";
  text += request.choice.area.empty() ? "" : " of " + request.choice.area;
  text += request.choice.kind.empty() ? "" : ", " + request.choice.kind;
  for (const auto& [fuel, grams] : request.choice.factors) {
    text += fmt::format(", {} {}", fuel, number_text(grams));
  }
  return text;
}

std::shared_ptr<const TimeSeries> read_time_series(const SeriesRequest& request) {
  TimeSeries series;
  if (!request.column.empty() && request.time.empty()) {
    series = read_hours(request);
  } else {
    const FeedFile file{request.path, read_text_file(request.path)};
    if (!request.column.empty()) {
      series = filled(file, read_mapped(file, request), request);
    } else {
      const FeedFormat* format = recognised_feed(file.text);
      if (format == nullptr) {
        std::vector<std::string> known;
        for (const FeedFormat& one : feed_formats()) {
          known.emplace_back(one.name);
        }
        fail_feed(
            file, 0, "has a layout that is not recognised",
            fmt::format("one of {}, or `column`, `time` and `unit` that say which columns to read", list_text(known)));
      }
      series = filled(file, format->read(file, request.choice), request);
      series.about = fmt::format("{} ({}): {}", format->name, format->told_by, series.about);
    }
    if (request.hold_gaps) {
      hold_gaps(series);
    }
  }
  series.repeats = request.repeats;
  return std::make_shared<const TimeSeries>(std::move(series));
}

}  // namespace idlewatt
