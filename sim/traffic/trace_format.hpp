// The table of trace formats: name, recognition, reader and writer of each, and what it loses.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "traffic/trace_reader.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {

class RecordFormat;
struct TraceFile;
class TraceHead;

/// A row of the table of formats. Reading, recognition, the help of `idlewatt trace`, the JSON Schema and
/// workloads/FORMATS.md are made from these rows. The texts are English without a full stop.
struct TraceFormat {
  std::string name;           ///< name after `format:` and `--format`
  std::string summary;        ///< program or publisher of the files
  std::string recognised_by;  ///< description of the marks that recognises() looks for
  std::string times;          ///< unit and origin of the files' times
  std::string blocks = {};    ///< tokens in a prefix block, which has one hash; empty if the format has no hashes
  std::string lost = {};      ///< properties in the files that a Request does not hold; empty when nothing is lost
  /// True when a file with this beginning has the format.
  bool (*recognises)(const TraceHead& head) = nullptr;
  /// Opens a trace of this format. Throws InputError.
  std::unique_ptr<TraceReader> (*open)(const TraceFile& trace) = nullptr;
  /// Opens the records with the latencies that they hold. Null where the format has none.
  std::unique_ptr<RecordFormat> (*measured)(const TraceFile& trace) = nullptr;
  /// File name endings by which this format is chosen for writing.
  std::vector<std::string> endings = {};
  /// Writes a file of this format. Null where the format is only read, or where a layer above this one writes it
  /// (HDF5).
  std::unique_ptr<TraceWriter> (*write)(const std::string& path) = nullptr;
};

/// All formats, in the order in which they are tried on a file whose format is not named: the special before the
/// general.
const std::vector<TraceFormat>& trace_formats();

/// The names of all formats, in the order of trace_formats().
const std::vector<std::string>& trace_format_names();

/// The format of a name. Requires a name of trace_format_names().
const TraceFormat& trace_format(std::string_view name);

/// The format of the trace at `path`, recognised by the file's beginning. Throws InputError when the file cannot be
/// read, and when no format of the table begins so.
const TraceFormat& recognise_format(const std::string& path);

}  // namespace idlewatt
