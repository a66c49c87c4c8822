// A trace in a file: how it is written there, and what to do about rows that are no requests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/instant.hpp"
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

/// What a reading has to say to people: what the file was taken for and why, and what they should know of it.
class TraceNotes {
 public:
  /// A sentence without a full stop; one that was said already is not repeated.
  void add(const std::string& note);
  /// What the file was taken for; of several readings of it, all say the same.
  void recognised(const std::string& text) { recognised_ = text; }

  const std::string& recognised() const { return recognised_; }
  const std::vector<std::string>& all() const { return notes_; }

 private:
  std::string recognised_;
  std::vector<std::string> notes_;
};

/// What each figure of a request is called in a file: names of columns, or of keys of JSON with dots between them.
struct ColumnNames {
  std::string arrival;
  std::string prompt_tokens;
  std::string output_tokens;
  std::string session;  ///< empty where there is none, as for those below
  std::string tenant;
  std::string priority;

  bool operator==(const ColumnNames&) const = default;
};

/// A figure of a request that a file may have a column for.
struct ColumnFigure {
  std::string_view name;  ///< in `columns:`
  std::string ColumnNames::*column;
  bool required;
};

/// All of them.
const std::vector<ColumnFigure>& column_figures();

/// s, ms, us, ns: in the order of TimeUnit.
const std::vector<std::string>& time_unit_names();

struct TraceFile;
struct JsonValue;

/// Opens an HDF5 trace: record/trace_hdf5.hpp has one, and the program hands it over, because this layer does without
/// HDF5. Empty where none can be read.
using Hdf5TraceOpener = std::function<std::unique_ptr<TraceReader>(const TraceFile& trace)>;

/// Reads a file of YAML as JSON; scenario/yaml_trace.hpp has one. Throws InputError.
using YamlOpener = std::function<JsonValue(const std::string& path)>;

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
  /// Where set, holds what readers say.
  std::shared_ptr<TraceNotes> notes = {};
  std::optional<TimeUnit> time_unit = {};  ///< of numbers that stand for times, where the file does not say
  std::int32_t block_tokens = 0;           ///< tokens a hash, where the file does not say; 0 = to be found out
  bool sort = false;                       ///< rows may come in any order
  Ticks sessions_every = 0;                ///< between the starts of sessions, where the file has none
  std::optional<std::int32_t> run = {};    ///< which of the runs that a result of load tests holds, from 0
  std::optional<ColumnNames> columns = {};
  Hdf5TraceOpener open_hdf5 = {};
  YamlOpener open_yaml = {};
};

/// What a reading has to say, in one line without a full stop.
std::string describe(const TraceNotes& notes);

/// Files beside the trace that its reader opens as well, of those that are there.
std::vector<std::string> files_beside(const TraceFile& trace);

/// Whether both readings give the same requests.
bool same_reading(const TraceFile& a, const TraceFile& b);

/// Opens the trace as it is. Rows come in order of time; memory is constant. Throws InputError "file:line:column: what
/// is wrong (expected ...)"; so does reading.
std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace);

/// "12 rows could not be read and were left out, the first ...", "3 rows without ...": a line for people, or "".
std::string describe(const SkippedRows& skipped);

}  // namespace idlewatt
