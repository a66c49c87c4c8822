// How a row of a text trace becomes a request: one of these for each format, and one reader for all of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "traffic/line_reader.hpp"
#include "traffic/request.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {

/// Where a row's time stands, for messages.
struct RowTime {
  std::size_t column = 1;
  std::string text;
};

/// Knows one format. It may keep what the rows so far said (the first time, the header's order).
class RowFormat {
 public:
  virtual ~RowFormat() = default;
  RowFormat() = default;
  RowFormat(const RowFormat&) = delete;
  RowFormat& operator=(const RowFormat&) = delete;

  /// Whether the first line is a header; its text for messages, or "" where the format has none.
  virtual std::string_view header() const = 0;
  /// Whether empty lines may stand between rows.
  virtual bool has_empty_lines() const { return false; }
  /// An example of a row, for messages.
  virtual std::string_view example() const = 0;
  /// Reads the header; `line` was given by `lines`. Throws InputError.
  virtual void read_header(const LineReader& lines, std::string_view line) = 0;
  /// Fills `request`, which is as new. Token counts may be 0. Throws InputError.
  virtual void read_row(const LineReader& lines, std::string_view line, Request& request) = 0;
  /// Where the time of a row stands that read_row() has read.
  virtual RowTime time_of(const LineReader& lines, std::string_view line) const = 0;
};

/// Streams the trace's rows as requests, and applies the rules that all formats share: order of time, empty lines, rows
/// that cannot be read, zero tokens, no rows at all.
std::unique_ptr<TraceReader> read_rows(const TraceFile& trace, std::unique_ptr<RowFormat> format);

/// Applies the rules about zero tokens; false when the row is to be left out. `place` is "file:line".
bool accept_tokens(ZeroTokens rule, Request& request, SkippedRows& skipped, const std::string& place);

/// Writes what one reading left out to where TraceFile::skipped says.
void report_skipped(const TraceFile& trace, const SkippedRows& skipped);

}  // namespace idlewatt
