// Writes requests to a file, one at a time.
#pragma once

#include <memory>
#include <string>

#include "traffic/request.hpp"

namespace idlewatt {

/// The receiver of a stream of requests that writes them to a file. The file has its name only when it is complete:
/// until publish(), a part stands beside it (base/whole_file.hpp), which the destructor removes.
class TraceWriter {
 public:
  virtual ~TraceWriter() = default;
  TraceWriter() = default;
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;

  /// Writes the next request. Requests must come in order of arrival. Throws OutputError.
  virtual void write(const Request& request) = 0;
  /// Completes the file after the last request and gives it its name. Throws OutputError.
  virtual void publish() = 0;
};

/// A writer of our own CSV (traffic/own_csv.hpp), compressed when `path` ends in ".gz". Equal requests give equal
/// bytes. Throws OutputError.
std::unique_ptr<TraceWriter> write_csv_trace(const std::string& path);

}  // namespace idlewatt
