// Writes requests to a file, one at a time.
#pragma once

#include <memory>
#include <string>

#include "traffic/request.hpp"

namespace idlewatt {

/// Where the requests of a stream go. The file has its name only when it is whole: until publish() it is
/// a part beside it (base/whole_file.hpp), which the destructor removes.
class TraceWriter {
 public:
  virtual ~TraceWriter() = default;
  TraceWriter() = default;
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Requests come in order of arrival. Throws OutputError.
  virtual void write(const Request& request) = 0;
  /// The last request was written: the file gets its name. Throws OutputError.
  virtual void publish() = 0;
};

/// Our own CSV (traffic/own_csv.hpp), compressed when `path` ends in ".gz". The same requests give the same bytes.
/// Throws OutputError.
std::unique_ptr<TraceWriter> write_csv_trace(const std::string& path);

}  // namespace idlewatt
