// The interface by which a row of a text trace becomes a request: one implementation for each format, and one reader
// for all of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "traffic/line_reader.hpp"
#include "traffic/request.hpp"
#include "traffic/trace_file.hpp"

namespace idlewatt {

/// The place and the text of a row's time, for messages.
struct RowTime {
  std::size_t column = 1;
  std::string text;
};

/// The reader of one format. It may remember earlier rows (the first time, the order of the header).
class RowFormat {
 public:
  virtual ~RowFormat() = default;
  RowFormat() = default;
  RowFormat(const RowFormat&) = delete;
  RowFormat& operator=(const RowFormat&) = delete;

  /// The text of the header line, for messages; empty where the format has no header.
  virtual std::string_view header() const = 0;
  /// True when empty lines may stand between rows.
  virtual bool has_empty_lines() const { return false; }
  /// An example of a row, for messages.
  virtual std::string_view example() const = 0;
  /// Reads the header `line`, the last line that `lines` gave. Throws InputError.
  virtual void read_header(const LineReader& lines, std::string_view line) = 0;
  /// Fills `request`, whose fields have their defaults. Token counts may be 0. Throws InputError.
  virtual void read_row(const LineReader& lines, std::string_view line, Request& request) = 0;
  /// The place of the time in the row that read_row() has just read.
  virtual RowTime time_of(const LineReader& lines, std::string_view line) const = 0;
};

/// Streams the trace's rows as requests. Applies the rules that all formats share: rows in order of time, empty lines,
/// rows that cannot be read, rows without tokens, and traces without rows.
std::unique_ptr<TraceReader> read_rows(const TraceFile& trace, std::unique_ptr<RowFormat> format);

/// Applies the rule for rows without tokens. Returns false when the row is to be left out. `place` is "file:line".
bool accept_tokens(ZeroTokens rule, Request& request, SkippedRows& skipped, const std::string& place);

/// Writes the rows that one reading left out to TraceFile::skipped.
void report_skipped(const TraceFile& trace, const SkippedRows& skipped);

}  // namespace idlewatt
