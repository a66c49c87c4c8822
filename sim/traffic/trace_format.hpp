// The table of trace formats: what each is called, how it is recognised, read and written, and what it loses.
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

/// One line of the table. Reading, recognition, the help of `idlewatt trace`, the JSON Schema and workloads/FORMATS.md
/// are made from it. The texts are English without a full stop.
struct TraceFormat {
  std::string name;           ///< what `format:` and `--format` call it
  std::string summary;        ///< whose files they are
  std::string recognised_by;  ///< what recognises() looks for, in words
  std::string times;          ///< unit and origin of its times
  std::string blocks = {};    ///< tokens in a block of its prefix hashes; empty where it has no hashes
  std::string lost = {};      ///< what the files say and a Request does not hold; empty when nothing is lost
  /// True when a file that begins like this has the format.
  bool (*recognises)(const TraceHead& head) = nullptr;
  /// Opens a trace of this format. Throws InputError.
  std::unique_ptr<TraceReader> (*open)(const TraceFile& trace) = nullptr;
  /// Reads its records with the latencies that they hold. Null where the format has none.
  std::unique_ptr<RecordFormat> (*measured)(const TraceFile& trace) = nullptr;
  /// Endings of the names of files that are written in this format.
  std::vector<std::string> endings = {};
  /// Writes such a file. Null where the format is only read, or is written by a layer above this one (HDF5).
  std::unique_ptr<TraceWriter> (*write)(const std::string& path) = nullptr;
};

/// All formats, in the order in which they are tried on a file whose format is not named: the special before the
/// general.
const std::vector<TraceFormat>& trace_formats();

/// Their names, in the same order.
const std::vector<std::string>& trace_format_names();

/// The format of that name. Requires it to be one of trace_format_names().
const TraceFormat& trace_format(std::string_view name);

/// The format of the trace at `path` by how the file begins. Throws InputError when the file cannot be read or begins
/// like no format of the table.
const TraceFormat& recognise_format(const std::string& path);

}  // namespace idlewatt
