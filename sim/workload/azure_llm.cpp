#include "workload/azure_llm.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "units/error.hpp"
#include "workload/line_reader.hpp"

namespace idlewatt {
namespace {

constexpr std::array<std::string_view, 3> kColumns = {"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
constexpr std::string_view kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::string_view kTimestampExample = "a UTC time such as `2023-11-16 18:15:46.6805900`";
constexpr std::string_view kTokensExample = "a whole number of at least 1";
constexpr std::size_t kDateLength = 10;     // YYYY-MM-DD
constexpr std::size_t kSecondsLength = 19;  // YYYY-MM-DD hh:mm:ss
constexpr std::size_t kMaxFractionDigits = 9;
constexpr std::int64_t kMaxSpanS = 90'000'000;  // 2.85 years: below what ticks hold

/// A point in time: whole seconds since 1970 and the rest in ticks.
struct Instant {
  std::int64_t unix_s = 0;
  Ticks fraction = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The number in text[at, at + digits), or -1 when a character is no digit.
int digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    if (!is_digit(text[i])) {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// What a message shows of the user's text: short, and printable.
std::string quoted(std::string_view text) {
  std::string shown = "`";
  for (const char c : text.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20U || byte == 0x7fU ? '?' : c;
  }
  return shown + (text.size() > 40 ? "...`" : "`");
}

class AzureLlmReader final : public TraceReader {
 public:
  explicit AzureLlmReader(const std::string& path) : lines_(path) { read_header(); }

  bool next(Query& query) override {
    std::string_view line;
    if (!next_row(line)) {
      return false;
    }
    std::size_t at = 0;
    const Ticks arrival = read_arrival(line, at);
    query = Query{};
    query.arrival = arrival;
    query.prompt_tokens = read_tokens(line, at, 1);
    query.output_tokens = read_tokens(line, at, 2);
    if (at != line.size()) {
      fail(at, "unexpected " + quoted(line.substr(at)) + " after " + std::string(kColumns[2]), "the end of the line");
    }
    return true;
  }

 private:
  void read_header() {
    std::string_view line;
    if (!lines_.next(line)) {
      throw InputError(lines_.path() + ":1:1: the file is empty (expected the header `" + std::string(kHeader) + "`)");
    }
    std::size_t at = 0;
    for (const std::string_view column : kColumns) {
      const std::string_view name = line.substr(at, line.find(',', at) - at);
      if (name != column) {
        fail(at, "column " + std::string(column) + " is missing, " + quoted(name) + " stands in its place",
             "the header `" + std::string(kHeader) + "`");
      }
      at = std::min(at + name.size() + 1, line.size());
    }
    if (at != line.size()) {
      fail(at, "unexpected column " + quoted(line.substr(at)), "the header `" + std::string(kHeader) + "`");
    }
  }

  /// The next line that is not empty; empty lines are accepted at the end of the file only.
  bool next_row(std::string_view& line) {
    bool more = lines_.next(line);
    if (more && line.empty()) {
      while ((more = lines_.next(line)) && line.empty()) {
      }
      if (more) {
        fail(0, "an empty line stands before this row", "a row on every line");
      }
    }
    if (!more && !first_) {
      throw InputError(lines_.path() + ":" + std::to_string(lines_.line_number() + 1) +
                       ":1: the file holds no row (expected rows such as `2023-11-16 18:15:46.6805900,374,44`)");
    }
    return more;
  }

  Ticks read_arrival(std::string_view line, std::size_t& at) {
    const Instant instant = read_timestamp(line, at);
    if (!first_) {
      first_ = instant;
    }
    const std::int64_t seconds = instant.unix_s - first_->unix_s;
    if (seconds > kMaxSpanS) {
      fail(0, "the row is more than 2.8 years after the first", "a trace that fits into simulated time");
    }
    // Far back must not reach the multiplication, which would overflow.
    const Ticks arrival = seconds < 0 ? -1 : seconds * kTicksPerSecond + (instant.fraction - first_->fraction);
    if (arrival < last_arrival_) {
      fail(0, "the time goes back: " + quoted(line.substr(0, at)) + " is before the row above",
           "rows in order of time");
    }
    last_arrival_ = arrival;
    return arrival;
  }

  /// Reads the first field; leaves `at` behind it.
  Instant read_timestamp(std::string_view line, std::size_t& at) {
    if (line.size() < kSecondsLength || line[10] != ' ' || line[13] != ':' || line[16] != ':') {
      fail_timestamp(line);
    }
    const std::string_view date = line.substr(0, kDateLength);
    if (date != std::string_view(date_.data(), kDateLength)) {
      read_date(line);
    }
    const int hour = digits_at(line, 11, 2);
    const int minute = digits_at(line, 14, 2);
    const int second = digits_at(line, 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      fail_timestamp(line);
    }
    at = kSecondsLength;
    const Instant instant{date_unix_s_ + hour * 3600 + minute * 60 + second, read_fraction(line, at)};
    for (const std::string_view zone : {"Z", "+00:00"}) {
      if (line.substr(at).starts_with(zone)) {
        at += zone.size();
        break;
      }
    }
    if (at < line.size() && line[at] != ',') {
      fail_timestamp(line);
    }
    return instant;
  }

  /// Nearly all rows have the date of the row above, so the calendar is asked once a day.
  void read_date(std::string_view line) {
    const int year = digits_at(line, 0, 4);
    const int month = digits_at(line, 5, 2);
    const int day = digits_at(line, 8, 2);
    if (year < 0 || month < 0 || day < 0 || line[4] != '-' || line[7] != '-') {
      fail_timestamp(line);
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) {
      fail_timestamp(line);
    }
    date_unix_s_ = std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86400;
    line.copy(date_.data(), kDateLength);
  }

  Ticks read_fraction(std::string_view line, std::size_t& at) {
    Ticks fraction = 0;
    if (at < line.size() && line[at] == '.') {
      Ticks place = kTicksPerSecond / 10;
      const std::size_t first = ++at;
      for (; at < line.size() && is_digit(line[at]); ++at, place /= 10) {
        fraction += (line[at] - '0') * place;
      }
      if (at == first || at > first + kMaxFractionDigits) {
        fail_timestamp(line);
      }
    }
    return fraction;
  }

  std::int32_t read_tokens(std::string_view line, std::size_t& at, std::size_t column) {
    if (at >= line.size()) {
      fail(at, std::string(kColumns[column]) + " is missing" + cut_off(), std::string(kTokensExample));
    }
    if (line[at] != ',') {
      fail(at, "unexpected " + quoted(line.substr(at)) + " in " + std::string(kColumns[column - 1]), "a comma");
    }
    ++at;
    std::int32_t tokens = 0;
    const auto [end, error] = std::from_chars(line.data() + at, line.data() + line.size(), tokens);
    const auto stop = static_cast<std::size_t>(end - line.data());
    if (error != std::errc{} || (stop < line.size() && line[stop] != ',') || tokens < 1) {
      const std::string_view field = line.substr(at, line.find(',', at) - at);
      fail(at,
           std::string(kColumns[column]) + (field.empty() ? " is missing" : " is " + quoted(field)) +
               (stop == line.size() || field.empty() ? cut_off() : ""),
           std::string(kTokensExample));
    }
    at = stop;
    return tokens;
  }

  std::string cut_off() const { return lines_.unterminated() ? "; the file may be cut off here" : ""; }

  [[noreturn]] void fail_timestamp(std::string_view line) const {
    const std::string_view field = line.substr(0, line.find(','));
    const bool cut = field.size() == line.size();
    fail(0, (field.empty() ? "TIMESTAMP is missing" : "TIMESTAMP is " + quoted(field)) + (cut ? cut_off() : ""),
         std::string(kTimestampExample));
  }

  /// `at` counts from 0, the message's columns from 1.
  [[noreturn]] void fail(std::size_t at, const std::string& problem, const std::string& expectation) const {
    lines_.fail(at + 1, problem, expectation);
  }

  LineReader lines_;
  std::array<char, kDateLength> date_{};  // of the row above
  std::int64_t date_unix_s_ = 0;
  std::optional<Instant> first_;
  Ticks last_arrival_ = 0;
};

}  // namespace

std::unique_ptr<TraceReader> open_azure_llm(const std::string& path) {
  return std::make_unique<AzureLlmReader>(path);
}

}  // namespace idlewatt
