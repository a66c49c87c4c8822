// Takes requests from a stream until its end, shows progress on a terminal, and stops at Ctrl-C.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/exit_status.hpp"
#include "cli/options/command_line.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {

/// Calls `take` for each request. Returns false when Ctrl-C came first.
bool for_each_request(TraceReader& reader, const std::function<void(const Request&)>& take);

/// A writer for `path`. Its format follows from the suffix: .csv, .csv.gz, .h5 or .hdf5. Throws InputError,
/// OutputError.
std::unique_ptr<TraceWriter> open_output(const std::string& path);

/// A time from the start of a trace, in milliseconds where tenths of a second would say 0.
std::string arrival_text(Ticks time);

/// The option --force, for the commands that write a trace.
OptionSpec force_option();

/// Throws InputError when `path` exists and --force was not given.
void refuse_to_replace(const CommandLine& line, const std::string& path);

/// Copies the stream to the file at `path`, and reports it on standard error. Throws the errors of reading and writing.
ExitStatus copy_trace(TraceReader& reader, const std::string& path);

/// Prints a line on standard error about the recognised format, and a line about the rows left out, if there are any.
void print_skipped(const TraceFile& trace);

}  // namespace idlewatt
