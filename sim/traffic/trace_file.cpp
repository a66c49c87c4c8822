#include "traffic/trace_file.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/own_csv.hpp"
#include "traffic/row_format.hpp"

namespace idlewatt {
namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF";

std::string plural(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

}  // namespace

const std::vector<std::string>& trace_format_names() {
  static const std::vector<std::string> names{"azure-llm", "burstgpt", "mooncake", "csv", "hdf5"};
  return names;
}

TraceFormat trace_format_of(const std::string& name) {
  const std::vector<std::string>& names = trace_format_names();
  const auto found = std::find(names.begin(), names.end(), name);
  return static_cast<TraceFormat>(1 + (found - names.begin()));
}

TraceFormat detect_format(const std::string& path) {
  LineReader lines(path);
  std::string_view line;
  const std::string expected =
      "the header of a trace, `{` or HDF5; or `format` to name one of azure-llm, burstgpt, "
      "mooncake, csv, hdf5";
  if (!lines.next(line)) {
    throw InputError(path + ":1:1: the file is empty (expected " + expected + ")");
  }
  if (line.starts_with(kHdf5Signature)) {
    return TraceFormat::hdf5;
  }
  if (line.starts_with("{")) {
    return TraceFormat::mooncake;
  }
  for (CsvFields fields(lines, line); fields.more();) {
    const std::string_view name = fields.next();
    if (name == "TIMESTAMP" || name == "ContextTokens") {
      return TraceFormat::azure_llm;
    }
    if (name == "Timestamp" || name == "Request tokens") {
      return TraceFormat::burstgpt;
    }
    if (name == kOwnColumns[kArrival].name) {
      return TraceFormat::csv;
    }
  }
  lines.fail(1, "no known trace begins like " + quoted(line), expected);
}

std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace) {
  switch (trace.format == TraceFormat::detect ? detect_format(trace.path) : trace.format) {
    case TraceFormat::azure_llm:
      return read_rows(trace, azure_llm_format());
    case TraceFormat::burstgpt:
      return read_rows(trace, burstgpt_format());
    case TraceFormat::mooncake:
      return read_rows(trace, mooncake_format());
    case TraceFormat::csv:
      return read_rows(trace, own_csv_format());
    case TraceFormat::hdf5:
      if (trace.open_hdf5) {
        return trace.open_hdf5(trace);
      }
      throw InputError(trace.path + ": is an HDF5 trace, and nothing here reads those (expected a text trace)");
    case TraceFormat::detect:
      break;
  }
  throw Error(trace.path + ": unknown trace format");
}

std::string describe(const SkippedRows& skipped) {
  std::string text;
  if (skipped.zero_tokens > 0) {
    text += plural(skipped.zero_tokens) + " without prompt or output tokens left out";
  }
  if (skipped.bad > 0) {
    text += (text.empty() ? "" : "; ") + plural(skipped.bad) +
            " that cannot be read left out, the first: " + skipped.first_bad;
  }
  return text;
}

}  // namespace idlewatt
