// A trace in a file: its format, and the treatment of rows that are no requests.
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

/// The treatment of a row that cannot be read: stop with an error, or count the row and leave it out.
enum class OnError { stop, skip };

/// The treatment of a row with no prompt tokens or no output tokens: leave it out and count it (most such rows are
/// requests that failed), count it as one token, or stop with an error.
enum class ZeroTokens { skip, one, stop };

/// The rows that a reading left out.
struct SkippedRows {
  std::int64_t bad = 0;          ///< rows that could not be read
  std::int64_t zero_tokens = 0;  ///< rows with no prompt tokens or no output tokens
  std::string first_bad;         ///< message of the first row that could not be read
};

/// Notes of a reading for the user: the recognised format with the reason, and what the user should know of the file.
class TraceNotes {
 public:
  /// Adds a sentence without a full stop. A sentence that was added before is not repeated.
  void add(const std::string& note);
  /// Sets the recognised format. Several readings of one file all set the same text.
  void recognised(const std::string& text) { recognised_ = text; }

  const std::string& recognised() const { return recognised_; }
  const std::vector<std::string>& all() const { return notes_; }

 private:
  std::string recognised_;
  std::vector<std::string> notes_;
};

/// The names of a request's figures in a file: names of columns, or of keys of JSON with dots between them.
struct ColumnNames {
  std::string arrival;
  std::string prompt_tokens;
  std::string output_tokens;
  std::string session;  ///< empty where there is none; so for the names below
  std::string tenant;
  std::string priority;

  bool operator==(const ColumnNames&) const = default;
};

/// A figure of a request that a file may have a column for.
struct ColumnFigure {
  std::string_view name;  ///< name of the figure in `columns:`
  std::string ColumnNames::*column;
  bool required;
};

/// All figures.
const std::vector<ColumnFigure>& column_figures();

/// The names s, ms, us, ns, in the order of TimeUnit.
const std::vector<std::string>& time_unit_names();

struct TraceFile;
struct JsonValue;

/// Opens an HDF5 trace. The program sets it (results/ has the reader), because this room does without HDF5. Empty where
/// HDF5 traces cannot be read.
using Hdf5TraceOpener = std::function<std::unique_ptr<TraceReader>(const TraceFile& trace)>;

/// Reads a file of YAML as JSON; scenario/traffic/yaml_trace.hpp has the reader. Throws InputError.
using YamlOpener = std::function<JsonValue(const std::string& path)>;

/// A trace in a file, and how to read it.
struct TraceFile {
  const TraceFormat* format = nullptr;  ///< row of the table of formats; null = recognise the format by the file's
                                        ///< beginning
  std::string path;
  OnError on_error = OnError::stop;
  std::int64_t max_skipped = 1000;  ///< number of bad rows left out before the next is an error; rows without tokens do
                                    ///< not count
  ZeroTokens zero_tokens = ZeroTokens::skip;
  /// If set, receives the rows left out when a reader is destroyed or reaches its end. Of several readings of the
  /// trace, the counts of the one that left out most are kept.
  std::shared_ptr<SkippedRows> skipped = {};
  /// If set, receives the notes of readers.
  std::shared_ptr<TraceNotes> notes = {};
  std::optional<TimeUnit> time_unit = {};  ///< unit of numbers that stand for times, where the file does not say
  std::int32_t block_tokens = 0;           ///< tokens per hash, where the file does not say; 0 = derive it from the
                                           ///< file
  bool sort = false;                       ///< true: rows may come in any order
  Ticks sessions_every = 0;                ///< time between the starts of sessions, where the file has no times
  std::optional<std::int32_t> run = {};    ///< number of the run to read, in a result of several load tests, from 0
  std::optional<ColumnNames> columns = {};
  Hdf5TraceOpener open_hdf5 = {};
  YamlOpener open_yaml = {};
};

/// The notes of a reading in one line without a full stop.
std::string describe(const TraceNotes& notes);

/// The existing files beside the trace that its reader opens too.
std::vector<std::string> files_beside(const TraceFile& trace);

/// True when both readings give the same requests.
bool same_reading(const TraceFile& a, const TraceFile& b);

/// Opens the trace without transforms. Rows come in order of time; memory is constant. Throws InputError
/// "file:line:column: what is wrong (expected ...)"; reading throws the same.
std::unique_ptr<TraceReader> open_trace_file(const TraceFile& trace);

/// The rows left out, in one line for people: "12 rows could not be read and were left out, the first ...", "3 rows
/// without ..."; empty when no row was left out.
std::string describe(const SkippedRows& skipped);

}  // namespace idlewatt
