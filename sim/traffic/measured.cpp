#include "traffic/measured.hpp"

#include <algorithm>
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
  const TraceFormat& format = trace.format != nullptr ? *trace.format : recognise_format(trace.path);
  if (format.measured == nullptr) {
    throw InputError(
        fmt::format("{}: format {} holds no latencies (expected one of {})", trace.path, format.name, names_text()));
  }
  const std::unique_ptr<RecordFormat> reader = format.measured(trace);
  MeasuredRows rows;
  if (trace.open_yaml && !TraceHead(trace.path).is_json()) {
    reader->read(JsonRecord(trace.path, trace.open_yaml(trace.path)), rows.taker());
  } else {
    JsonRecords records(trace.path, {"generated_texts", "errors", "pdf", "request", "response"});
    for (JsonValue record; records.next(record);) {
      reader->read(JsonRecord(trace.path, record), rows.taker());
    }
  }
  reader->finish(rows.taker());
  return rows.in_order(trace.path);
}

}  // namespace idlewatt
