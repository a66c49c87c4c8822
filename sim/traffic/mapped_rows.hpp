// Files of any program, once it is said which of their columns or keys is what.
#pragma once

#include <memory>

#include "traffic/trace_file.hpp"

namespace idlewatt {

/// Reads CSV, or records of JSON, by the names that `trace.columns` gives. Throws InputError.
std::unique_ptr<TraceReader> open_mapped(const TraceFile& trace);

/// What sets a CSV format with a header apart from others.
struct CsvMapping {
  ColumnNames columns;
  TimeUnit unit = TimeUnit::seconds;
  bool from_first = false;
  std::string example;  ///< a row, for messages
};

/// Reads CSV with a header. Throws InputError.
std::unique_ptr<TraceReader> open_csv(const TraceFile& trace, const CsvMapping& mapping);

}  // namespace idlewatt
