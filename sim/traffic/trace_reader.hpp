// The source of requests: one at a time, in order of arrival, never a whole trace in memory.
#pragma once

#include "traffic/request.hpp"

namespace idlewatt {

/// A stream of requests: the one interface of trace formats, generators and transforms.
class TraceReader {
 public:
  virtual ~TraceReader() = default;
  TraceReader() = default;
  TraceReader(const TraceReader&) = delete;
  TraceReader& operator=(const TraceReader&) = delete;

  /// Fills `request` with the next request. Returns false at the end. Arrivals never decrease. Throws InputError, with
  /// file and line, on a row that cannot be read.
  virtual bool next(Request& request) = 0;
};

}  // namespace idlewatt
