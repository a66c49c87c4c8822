// Writes queries to a file, one at a time.
#pragma once

#include <memory>
#include <string>

#include "workload/query.hpp"

namespace idlewatt {

/// Where the queries of a stream go. The file has its name only when it is whole: until publish() it is
/// `<path>.part`, which the destructor removes.
class TraceWriter {
 public:
  virtual ~TraceWriter() = default;
  TraceWriter() = default;
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Queries come in order of arrival. Throws OutputError.
  virtual void write(const Query& query) = 0;
  /// The last query was written: the file gets its name. Throws OutputError.
  virtual void publish() = 0;
};

/// Our own CSV (workload/own_csv.hpp), compressed when `path` ends in ".gz". The same queries give the same bytes.
/// Throws OutputError.
std::unique_ptr<TraceWriter> write_csv_trace(const std::string& path);

}  // namespace idlewatt
