// The CSV of Azure's public LLM inference traces of 2023 and 2024 (github.com/Azure/AzurePublicDataset):
//
//     TIMESTAMP,ContextTokens,GeneratedTokens
//     2023-11-16 18:15:46.6805900,374,44
//     2024-05-10 00:00:00.009930+00:00,2162,5
//
// The first row arrives at time 0; times are exact (0 to 9 fractional digits). Another zone, and a `T` for the
// blank, are read as they stand.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <fmt/core.h>
#include <optional>

#include "base/date_time.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/row_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::array<std::string_view, 3> kColumns = {"TIMESTAMP", "ContextTokens", "GeneratedTokens"};
constexpr std::string_view kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::string_view kTimestampExample = "a UTC time such as `2023-11-16 18:15:46.6805900`";
constexpr std::size_t kDateLength = 10;     // YYYY-MM-DD
constexpr std::size_t kSecondsLength = 19;  // YYYY-MM-DD hh:mm:ss
constexpr std::size_t kMaxFractionDigits = 9;
constexpr std::int64_t kMaxSpanS = 90'000'000;  // 2.85 years: below what ticks hold

/// A point in time: whole seconds since 1970 and the rest in ticks.
struct UtcTime {
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

class AzureLlmFormat final : public RowFormat {
 public:
  explicit AzureLlmFormat(const TraceFile& trace) : sorts_(trace.sort) {}

  std::string_view header() const override { return kHeader; }
  std::string_view example() const override { return "2023-11-16 18:15:46.6805900,374,44"; }

  void read_header(const LineReader& lines, std::string_view line) override {
    const std::string expectation = fmt::format("the header `{}`", kHeader);
    CsvFields fields(lines, line);
    for (const std::string_view column : kColumns) {
      const std::size_t end = line.size() + 1;
      const bool more = fields.more();
      const std::string_view name = more ? fields.next() : std::string_view{};
      if (name != column) {
        lines.fail(more ? fields.column() : end,
                   fmt::format("column {} is missing, {} stands in its place", column, quoted(name)), expectation);
      }
    }
    if (fields.more()) {
      const std::string_view name = fields.next();
      lines.fail(fields.column(), "unexpected column " + quoted(name), expectation);
    }
  }

  void read_row(const LineReader& lines, std::string_view line, Request& request) override {
    CsvFields fields(lines, line);
    const std::string_view timestamp = fields.next();
    UtcTime instant;
    if (!read_timestamp(timestamp, instant) && !read_any_zone(timestamp, instant)) {
      fields.fail_field(kColumns[0], timestamp, kTimestampExample);
    }
    if (!first_) {
      first_ = instant;
    }
    const std::int64_t seconds = instant.unix_s - first_->unix_s;
    if (seconds > kMaxSpanS) {
      lines.fail(1, "the row is more than 2.8 years after the first", "a trace that fits into simulated time");
    }
    // Far back must not reach the multiplication, which would overflow.
    request.arrival =
        seconds < (sorts_ ? -kMaxSpanS : 0) ? -1 : seconds * kTicksPerSecond + (instant.fraction - first_->fraction);
    request.prompt_tokens = fields.need_tokens(kColumns[1]);
    request.output_tokens = fields.need_tokens(kColumns[2]);
    fields.need_end(kColumns[2]);
  }

  RowTime time_of(const LineReader& lines, std::string_view line) const override {
    return {1, std::string(CsvFields(lines, line).next())};
  }

 private:
  /// What is written with a `T`, or in another zone, by programs that copy the layout.
  static bool read_any_zone(std::string_view text, UtcTime& instant) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::size_t end =
        std::min(text.find_first_not_of("0123456789", std::min(point + 1, text.size())), text.size());
    const auto time =
        text.size() < kSecondsLength || end > point + 1 + kMaxFractionDigits ? std::nullopt : parse_date_time(text);
    if (time) {
      instant.unix_s = time->wall_s - time->utc_offset_s.value_or(0);
      instant.fraction = Ticks{time->nanosecond} * (kTicksPerSecond / 1'000'000'000);
    }
    return time.has_value();
  }

  bool read_timestamp(std::string_view text, UtcTime& instant) {
    if (text.size() < kSecondsLength || text[10] != ' ' || text[13] != ':' || text[16] != ':') {
      return false;
    }
    if (text.substr(0, kDateLength) != std::string_view(date_.data(), kDateLength) && !read_date(text)) {
      return false;
    }
    const int hour = digits_at(text, 11, 2);
    const int minute = digits_at(text, 14, 2);
    const int second = digits_at(text, 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
      return false;
    }
    instant.unix_s = date_unix_s_ + hour * 3600 + minute * 60 + second;
    std::size_t at = kSecondsLength;
    if (!read_fraction(text, at, instant.fraction)) {
      return false;
    }
    const std::string_view zone = text.substr(at);
    return zone.empty() || zone == "Z" || zone == "+00:00";
  }

  /// Nearly all rows have the date of the row above, so the calendar is asked once a day.
  bool read_date(std::string_view text) {
    const int year = digits_at(text, 0, 4);
    const int month = digits_at(text, 5, 2);
    const int day = digits_at(text, 8, 2);
    if (year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') {
      return false;
    }
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) {
      return false;
    }
    date_unix_s_ = std::int64_t{std::chrono::sys_days{date}.time_since_epoch().count()} * 86400;
    text.copy(date_.data(), kDateLength);
    return true;
  }

  static bool read_fraction(std::string_view text, std::size_t& at, Ticks& fraction) {
    fraction = 0;
    if (at == text.size() || text[at] != '.') {
      return true;
    }
    Ticks place = kTicksPerSecond / 10;
    const std::size_t first = ++at;
    for (; at < text.size() && is_digit(text[at]); ++at, place /= 10) {
      fraction += (text[at] - '0') * place;
    }
    return at > first && at <= first + kMaxFractionDigits;
  }

  bool sorts_;
  std::array<char, kDateLength> date_{};  // of the row above
  std::int64_t date_unix_s_ = 0;
  std::optional<UtcTime> first_;
};

}  // namespace

TraceFormat declare_azure_llm() {
  return {
      .name = "azure-llm",
      .summary = "CSV of Azure's LLM inference traces of 2023 and 2024 (github.com/Azure/AzurePublicDataset)",
      .recognised_by = "a column TIMESTAMP or ContextTokens",
      .times = "dates and times with up to nine decimals, UTC where no zone is said; the first row is time 0",
      .recognises = [](const TraceHead& head) { return head.has_column(kColumns[0]) || head.has_column(kColumns[1]); },
      .open = [](const TraceFile& trace) { return read_rows(trace, std::make_unique<AzureLlmFormat>(trace)); }};
}

}  // namespace idlewatt
