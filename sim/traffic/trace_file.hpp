// A trace in a file: how it is written there, and what to do about rows that are no requests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "traffic/trace_format.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// What a row that cannot be read does: ends the reading with an error, or is counted and left out.
enum class OnError { stop, skip };

/// What a row with no prompt or no output tokens does: it is left out and counted (most are requests that failed),
/// counts as one token, or ends the reading with an error.
enum class ZeroTokens { skip, one, stop };

/// Rows that a reading left out.
struct SkippedRows {
  std::int64_t bad = 0;          ///< could not be read
  std::int64_t zero_tokens = 0;  ///< no prompt or no output
  std::string first_bad;         ///< the message of the first that could not be read
};

struct TraceFile;

/// Opens an HDF5 trace: record/trace_hdf5.hpp has one, and the program hands it over, because this layer does without
/// HDF5. Empty where none can be read.
using Hdf5TraceOpener = std::function<std::unique_ptr<TraceReader>(const TraceFile& trace)>;

/// A trace in a file.
struct TraceFile {
  const TraceFormat* format = nullptr;  ///< of the table; null when the file itself is to tell
  std::string path;
  OnError on_error = OnError::stop;
  std::int64_t max_skipped = 1000;  ///< bad rows left out before it is an error after all; zero tokens do not count
  ZeroTokens zero_tokens = ZeroTokens::skip;
  /// Where set, holds what was left out when a reader is destroyed or at its end. Of several readings of the trace,
  /// the one that left out most.
  std::shared_ptr<SkippedRows> skipped = {};
  Hdf5TraceOpener open_hdf5 = {};
};

/// Opens the trace as it is. Rows come in order of time; memory is constant. Throws InputError "file:line:column: what
/// is wrong (expected ...)"; so does reading.
std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace);

/// "12 rows could not be read and were left out, the first ...", "3 rows without ...": a line for people, or "".
std::string describe(const SkippedRows& skipped);

}  // namespace idlewatt
