#include "traffic/measured.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <fmt/core.h>
#include <utility>

#include "base/error.hpp"
#include "traffic/json_records.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

std::string names_text() {
  std::string text;
  for (const std::string& name : measured_format_names()) {
    text += (text.empty() ? "`" : ", `") + name + "`";
  }
  return text;
}

/// Collects answered requests with their times.
class MeasuredRows {
 public:
  RowTaker taker() {
    return [this](const JsonRecord& from, TraceRow row) {
      if (row.request.prompt_tokens == 0 || row.request.output_tokens == 0) {
        return;  // a request that failed
      }
      if (!row.time) {
        from.fail("the request has no time", "one that says when it was sent");
      }
      rows_.emplace_back(*row.time, MeasuredRequest{.prompt_tokens = row.request.prompt_tokens,
                                                    .output_tokens = row.request.output_tokens,
                                                    .times = row.measured});
    };
  }

  /// The time of the earliest request; nothing without requests.
  std::optional<Instant> first() const {
    const auto found =
        std::min_element(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return found == rows_.end() ? std::nullopt : std::optional(found->first);
  }

  std::vector<MeasuredRequest> in_order(const std::string& path) {
    std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<MeasuredRequest> requests;
    for (auto& [time, request] : rows_) {
      const auto arrival = ticks_between(rows_.front().first, time);
      if (!arrival) {
        throw InputError(path + ": the requests are more than 2.8 years apart (expected one load test)");
      }
      request.arrival = *arrival;
      requests.push_back(request);
    }
    return requests;
  }

 private:
  std::vector<std::pair<Instant, MeasuredRequest>> rows_;
};

/// Reads the answered requests of a load test. `visit` gets each record of the file.
template <class Visit>
MeasuredRows read_rows_of(const TraceFile& trace, Visit visit) {
  const TraceFormat& format = trace.format != nullptr ? *trace.format : recognise_format(trace.path);
  if (format.measured == nullptr) {
    throw InputError(
        fmt::format("{}: format {} holds no latencies (expected one of {})", trace.path, format.name, names_text()));
  }
  const std::unique_ptr<RecordFormat> reader = format.measured(trace);
  MeasuredRows rows;
  const auto read = [&](const JsonRecord& record) {
    visit(record);
    reader->read(record, rows.taker());
  };
  if (trace.open_yaml && !TraceHead(trace.path).is_json()) {
    read(JsonRecord(trace.path, trace.open_yaml(trace.path)));
  } else {
    JsonRecords records(trace.path, {"generated_texts", "errors", "pdf", "request", "response"});
    for (JsonValue record; records.next(record);) {
      read(JsonRecord(trace.path, record));
    }
  }
  reader->finish(rows.taker());
  return rows;
}

/// "2026-08-15" of "20260815-101500".
std::optional<std::string> day_of(const std::string& text) {
  constexpr std::size_t digits = 8;
  const bool day = text.size() >= digits &&
                   std::all_of(text.begin(), text.begin() + digits, [](unsigned char c) { return std::isdigit(c); });
  return day ? std::optional(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2)) : std::nullopt;
}

}  // namespace

std::vector<std::string> measured_format_names() {
  std::vector<std::string> names;
  for (const TraceFormat& format : trace_formats()) {
    if (format.measured != nullptr) {
      names.push_back(format.name);
    }
  }
  return names;
}

std::vector<MeasuredRequest> read_measured(const TraceFile& trace) {
  return read_rows_of(trace, [](const JsonRecord&) {}).in_order(trace.path);
}

std::optional<std::string> measured_day(const TraceFile& trace) {
  std::optional<std::string> stated;
  const MeasuredRows rows =
      read_rows_of(trace, [&](const JsonRecord& record) { stated = stated ? stated : day_of(record.word("date")); });
  // A monotonic clock counts from the start of its machine: no machine has been up for 30 years.
  constexpr std::int64_t since_1970_s = 1'000'000'000;
  const std::optional<Instant> first = rows.first();
  if (stated || !first || first->seconds < since_1970_s) {
    return stated;
  }
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(first->seconds)))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace idlewatt
