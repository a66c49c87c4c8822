#include "scenario/feed/table.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "base/date_time.hpp"
#include "base/error.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kMostQuoted = 60;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

/// Whether a comma stands between two digits.
bool has_decimal_comma(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t i = text.find(','); i != std::string_view::npos; i = text.find(',', i + 1)) {
    if (i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1])) {
      return true;
    }
  }
  return false;
}

/// The number with a point before its decimals and nothing between its thousands. Nothing when a mark does not stand
/// before groups of three digits, or when a single mark may stand before decimals as well (unless `thousands` says that
/// it does not).
std::optional<std::string> without_groups(std::string_view text, bool comma_decimal, bool thousands) {
  const char decimal = comma_decimal ? ',' : '.';
  const char group = comma_decimal ? '.' : ',';
  const std::size_t point = std::min(text.find(decimal), text.size());
  const std::string_view fraction = text.substr(point);
  std::string whole;
  std::size_t marks = 0;
  std::size_t digits = 0;  // since the start or the last mark
  for (std::size_t i = 0; i < point; ++i) {
    std::size_t mark = text[i] == group || text[i] == ' ' ? 1 : 0;
    for (const std::string_view blank : {"\u00a0", "\u202f"}) {
      mark = text.substr(i, point - i).starts_with(blank) ? blank.size() : mark;
    }
    if (mark == 0) {
      whole += text[i];
      digits += text[i] >= '0' && text[i] <= '9' ? 1 : 0;
      continue;
    }
    const bool first_group = marks == 0;
    if (digits == 0 || digits > 3 || (!first_group && digits != 3) ||
        (first_group && whole.ends_with("0") && digits == 1)) {
      return std::nullopt;
    }
    thousands = thousands || text[i] != group;
    i += mark - 1;
    digits = 0;
    ++marks;
  }
  const bool ambiguous = marks == 1 && fraction.empty() && !thousands;
  if ((marks > 0 && digits != 3) || ambiguous || fraction.find(group) != std::string_view::npos ||
      (fraction.size() > 1 && fraction.substr(1).find(decimal) != std::string_view::npos)) {
    return std::nullopt;
  }
  return whole + (fraction.empty() ? "" : "." + std::string(fraction.substr(1)));
}

}  // namespace

void fail_feed(const FeedFile& file, std::int64_t line, const std::string& problem, const std::string& expectation) {
  throw InputError(
      fmt::format("{}{}: {}; expected {}", file.path, line > 0 ? fmt::format(":{}", line) : "", problem, expectation));
}

std::string feed_quoted(std::string_view text) {
  return fmt::format("`{}{}`", std::string(text.substr(0, kMostQuoted)), text.size() > kMostQuoted ? "..." : "");
}

FeedTable::FeedTable(const FeedFile& file, std::size_t skipped) : file_(file) {
  if (file_.text.starts_with("\xEF\xBB\xBF")) {
    at_ = 3;
  }
  for (std::size_t i = 0; i < skipped; ++i) {
    at_ = std::min(file_.text.find('\n', at_), file_.text.size() - 1) + 1;
    ++line_;
  }
  const std::size_t end = std::min(file_.text.find('\n', at_), file_.text.size());
  const std::string_view first = std::string_view(file_.text).substr(at_, end - at_);
  const auto commas = std::count(first.begin(), first.end(), ',');
  for (const char separator : {';', '\t'}) {
    separator_ = std::count(first.begin(), first.end(), separator) > commas ? separator : separator_;
  }
  decimal_commas_ = separator_ != ',' && has_decimal_comma(std::string_view(file_.text).substr(end));
  read_line(head_);
}

bool FeedTable::read_line(std::vector<std::string>& fields) {
  fields.clear();
  if (at_ >= file_.text.size()) {
    return false;
  }
  ++line_;
  const std::string& text = file_.text;
  std::string field;
  bool quoted = false;
  for (; at_ < text.size(); ++at_) {
    const char c = text[at_];
    if (quoted) {
      if (c == '"' && at_ + 1 < text.size() && text[at_ + 1] == '"') {
        field += '"';
        ++at_;
      } else if (c == '"') {
        quoted = false;
      } else if (c == '\n') {
        fail("a quote is not closed", "`\"` at the end of the field");
      } else {
        field += c;
      }
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == separator_) {
      fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      ++at_;
      fields.push_back(std::move(field));
      return true;
    } else if (c != '\r') {
      field += c;
    }
  }
  if (quoted) {
    fail("a quote is not closed: the file may be cut off here", "`\"` at the end of the field");
  }
  fields.push_back(std::move(field));
  return true;
}

std::optional<std::size_t> FeedTable::find(std::string_view name) const {
  const std::string wanted = lower(name);
  const auto found = std::find_if(head_.begin(), head_.end(), [&](const std::string& c) { return lower(c) == wanted; });
  return found == head_.end() ? std::nullopt : std::optional<std::size_t>(found - head_.begin());
}

std::size_t FeedTable::at(std::string_view name) const {
  const auto found = find(name);
  if (!found) {
    std::vector<std::string> names(
        head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(head_.size(), 12)));
    fail_feed(file_, 1, "has no column " + feed_quoted(name), "one of " + list_text(names));
  }
  return *found;
}

bool FeedTable::next(bool until_empty) {
  while (read_line(fields_)) {
    if (fields_.size() == 1 && fields_[0].empty()) {
      if (until_empty) {
        return false;
      }
      continue;
    }
    if (fields_.size() != head_.size()) {
      fail(fmt::format("has {} fields, its head {}", fields_.size(), head_.size()),
           "as many fields as the head has; the file may be cut off here");
    }
    return true;
  }
  return false;
}

double FeedTable::number(std::size_t column, NumberStyle style) const {
  std::string text = fields_[column];
  for (const std::string_view blank : {" ", "\u00a0", "\u202f"}) {
    for (const bool front : {true, false}) {
      while (front ? text.starts_with(blank) : text.ends_with(blank)) {
        text.erase(front ? 0 : text.size() - blank.size(), blank.size());
      }
    }
  }
  const std::string word = lower(text);
  if (word.empty() || word == "nan" || word == "n/e" || word == "n/a" || word == "-" || word == "null") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const bool comma_decimal =
      decimal_commas_ || (style == NumberStyle::decimal_comma && text.find(',') != std::string::npos);
  const std::optional<std::string> plain =
      without_groups(text, comma_decimal, comma_decimal || style == NumberStyle::thousands);
  if (!plain && text.find(',') != std::string::npos) {
    fail(feed_quoted(head_[column]) + " is " + feed_quoted(fields_[column]),
         comma_decimal ? "a number with a comma before its decimals alone, such as `1.204,5`"
                       : "a number without a comma, which may stand before decimals or between thousands: `1204.5`");
  }
  double value = 0.0;
  const char* const end = plain ? plain->data() + plain->size() : nullptr;
  const auto [stop, error] =
      plain ? std::from_chars(plain->data(), end, value) : std::from_chars_result{nullptr, std::errc::invalid_argument};
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    fail(feed_quoted(head_[column]) + " is " + feed_quoted(fields_[column]), "a number, or nothing");
  }
  return value;
}

void FeedTable::fail(const std::string& problem, const std::string& expectation) const {
  fail_feed(file_, line_, problem, expectation);
}

bool AreaChoice::takes(const std::string& area) {
  if (std::find(seen_.begin(), seen_.end(), area) == seen_.end()) {
    constexpr std::size_t kMostKept = 200;
    if (seen_.size() < kMostKept) {
      seen_.push_back(area);
    }
  }
  return wanted_.empty() || area == wanted_;
}

const std::string& AreaChoice::chosen() const {
  std::vector<std::string> some(seen_.begin(),
                                seen_.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(seen_.size(), 12)));
  for (std::string& area : some) {
    area = area.substr(0, kMostQuoted);
  }
  if (!wanted_.empty()) {
    if (std::find(seen_.begin(), seen_.end(), wanted_) == seen_.end()) {
      fail_feed(file_, 0, fmt::format("has no {} {}", kind_, feed_quoted(wanted_)),
                "`area` to be one of " + list_text(some));
    }
    return wanted_;
  }
  if (seen_.size() > 1) {
    fail_feed(file_, 0, fmt::format("has {} of what `area` chooses among ({})", seen_.size(), kind_),
              "`area` to be one of " + list_text(some));
  }
  static const std::string none;
  return seen_.empty() ? none : seen_.front();
}

std::optional<std::int64_t> LocalTimes::unix_time(std::int64_t wall_s, bool is_end) {
  std::string problem;
  if (const auto only = idlewatt::unix_time(zone_, wall_s, problem)) {
    last_ = only;
    return only;
  }
  const std::int64_t standard = wall_s - zone_.offset_s;
  const std::int64_t summer = standard - 3600;
  if (summer + utc_offset_s(zone_, summer) != wall_s) {
    return is_end ? std::optional<std::int64_t>(standard) : std::nullopt;  // clocks skip it
  }
  const bool second = std::find(twice_seen_.begin(), twice_seen_.end(), wall_s) != twice_seen_.end();
  if (!second) {
    twice_seen_.push_back(wall_s);
  }
  const bool goes_back = last_ && *last_ > standard;
  if (second == goes_back) {
    return summer;
  }
  return standard;
}

std::optional<std::int64_t> parse_european_time(std::string_view text, bool american) {
  int parts[6] = {0, 0, 0, 0, 0, 0};
  std::size_t count = 0;
  std::size_t at = 0;
  while (count < 6 && at < text.size()) {
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), parts[count]);
    if (error != std::errc() || parts[count] < 0) {
      return std::nullopt;
    }
    at = static_cast<std::size_t>(end - text.data());
    ++count;
    if (at < text.size() && std::string_view("/.: ").find(text[at]) != std::string_view::npos) {
      if (text[at] == ' ' && count >= 5) {
        break;  // what follows is AM or PM
      }
      ++at;
    } else {
      break;
    }
  }
  std::string_view half = text.substr(std::min(at, text.size()));
  while (half.starts_with(' ')) {
    half.remove_prefix(1);
  }
  if (count < 5 || (!half.empty() && half != "AM" && half != "PM")) {
    return std::nullopt;
  }
  if (!half.empty()) {
    if (parts[3] < 1 || parts[3] > 12) {
      return std::nullopt;
    }
    parts[3] = parts[3] % 12 + (half == "PM" ? 12 : 0);
  }
  const int day = american ? parts[1] : parts[0];
  const int month = american ? parts[0] : parts[1];
  const std::chrono::year_month_day date{std::chrono::year(parts[2]), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || parts[2] < 1970 || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400} + parts[3] * 3600 +
         parts[4] * 60 + parts[5];
}

}  // namespace idlewatt
