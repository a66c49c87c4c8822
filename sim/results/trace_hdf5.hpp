// Traces in HDF5: every field of Request. Text traces and the interface of both stand in traffic/.
#pragma once

#include <memory>
#include <string>

#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {

/// Streams the requests of a file that write_hdf5_trace() wrote, in chunks. A TraceFile::open_hdf5. Throws InputError;
/// "row" counts from 1 in its messages.
std::unique_ptr<TraceReader> open_hdf5_trace(const TraceFile& trace);

/// Writes the table /requests, which pandas.read_hdf opens, and the lists /prefix_blocks and /after (keys of requests
/// that one waits for): of all requests, one after the other; each row says how many are its own. Times are ticks of 10 ps beside the seconds, so that they are exact. The same
/// requests give the same bytes. Throws OutputError.
std::unique_ptr<TraceWriter> write_hdf5_trace(const std::string& path);

}  // namespace idlewatt
