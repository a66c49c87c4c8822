// Traces in HDF5, with every field of Request. Text traces and the interface of all traces are in traffic/.
#pragma once

#include <memory>
#include <string>

#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {

/// Streams the requests of a file that write_hdf5_trace() wrote, in chunks; used as TraceFile::open_hdf5. Throws
/// InputError; "row" counts from 1 in its messages.
std::unique_ptr<TraceReader> open_hdf5_trace(const TraceFile& trace);

/// Writes the table /requests, which pandas.read_hdf opens, and the lists /prefix_blocks and /after (keys of requests
/// that a request waits for). The lists hold the entries of all requests one after the other; each row has the number
/// of its own. Times are stored both in seconds and in ticks of 10 ps, so that they are exact. Equal requests give
/// equal bytes. Throws OutputError.
std::unique_ptr<TraceWriter> write_hdf5_trace(const std::string& path);

}  // namespace idlewatt
