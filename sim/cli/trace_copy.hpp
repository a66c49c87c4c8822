// Takes requests from a stream until its end, with progress on a terminal, and heeds Ctrl-C.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/exit_status.hpp"
#include "cli/command_line.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {

/// Calls `take` for each request. False when Ctrl-C came first.
bool for_each_request(TraceReader& reader, const std::function<void(const Request&)>& take);

/// A writer for `path`, its format by the suffix: .csv, .csv.gz, .h5 or .hdf5. Throws InputError, OutputError.
std::unique_ptr<TraceWriter> open_output(const std::string& path);

/// --force, for the commands that write a trace.
OptionSpec force_option();

/// Throws InputError when there is something at `path` already and --force was not given.
void refuse_to_replace(const CommandLine& line, const std::string& path);

/// Copies the stream to the file at `path`, and says so on standard error. Throws what reading and writing throw.
ExitStatus copy_trace(TraceReader& reader, const std::string& path);

/// On standard error, one line about what the file was taken for, and one about what was left out, if anything was.
void print_skipped(const TraceFile& trace);

}  // namespace idlewatt
