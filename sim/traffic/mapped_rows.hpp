// Files of any program, read by a mapping of their columns or keys to the fields of a request.
#pragma once

#include <memory>

#include "traffic/trace_file.hpp"

namespace idlewatt {

/// Opens CSV or records of JSON by the names in `trace.columns`. Throws InputError.
std::unique_ptr<TraceReader> open_mapped(const TraceFile& trace);

/// The properties in which one CSV format with a header differs from another.
struct CsvMapping {
  ColumnNames columns;
  TimeUnit unit = TimeUnit::seconds;
  bool from_first = false;
  std::string example;  ///< example of a row, for messages
};

/// Opens CSV with a header by a mapping. Throws InputError.
std::unique_ptr<TraceReader> open_csv(const TraceFile& trace, const CsvMapping& mapping);

}  // namespace idlewatt
