// The options that the `trace` commands share: how a trace is read, and what is done to its requests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {

/// --format, --on-error, --max-skipped, --zero-tokens.
std::vector<OptionSpec> reading_options();
/// --sample, --repeat, --scale, --scale-by, --shift, --seed.
std::vector<OptionSpec> transform_options();

/// The trace at `path`, to be read as the options say; `skipped` is set. Throws InputError.
TraceFile trace_file(const CommandLine& line, const std::string& path);

/// The requests of `trace` after the transforms that the options name, --from and --to included. Throws InputError.
std::unique_ptr<TraceReader> open_transformed(const CommandLine& line, const TraceFile& trace);

/// The time that an option gives, or `otherwise`. Throws InputError.
Ticks time_option(const CommandLine& line, const std::string& name, Ticks otherwise);

}  // namespace idlewatt
