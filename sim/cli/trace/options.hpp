// The options shared by the `trace` commands: how a trace is read, and the transforms of its requests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/options/command_line.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {

/// The options --format, --on-error, --max-skipped, --zero-tokens.
std::vector<OptionSpec> reading_options();
/// The options --sample, --repeat, --scale, --scale-by, --shift, --seed.
std::vector<OptionSpec> transform_options();

/// The trace at `path` with the reading options of the command line; `skipped` is set. Throws InputError.
TraceFile trace_file(const CommandLine& line, const std::string& path);

/// Opens the requests of `trace` with the transforms of the command line, --from and --to included. Throws InputError.
std::unique_ptr<TraceReader> open_transformed(const CommandLine& line, const TraceFile& trace);

/// The time of an option; `otherwise` when it is not given. Throws InputError.
Ticks time_option(const CommandLine& line, const std::string& name, Ticks otherwise);

}  // namespace idlewatt
