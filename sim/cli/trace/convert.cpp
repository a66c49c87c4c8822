// `idlewatt trace convert`, `trace cut`, `trace generate`: a stream in, a file out.
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/trace/copy.hpp"
#include "cli/trace/options.hpp"
#include "scenario/traffic/read_workload.hpp"
#include "scenario/yaml/yaml_tree.hpp"
#include "traffic/generator.hpp"
#include "traffic/open.hpp"

namespace idlewatt {

namespace {

ExitStatus convert(const CommandLine& line) {
  refuse_to_replace(line, line.positional(1));
  const TraceFile trace = trace_file(line, line.positional(0));
  std::unique_ptr<TraceReader> reader = open_transformed(line, trace);
  const ExitStatus status = copy_trace(*reader, line.positional(1));
  reader.reset();  // which reports what it left out
  print_skipped(trace);
  return status;
}

ExitStatus cut(const CommandLine& line) {
  if (!line.has("from") && !line.has("to")) {
    throw InputError("idlewatt trace cut: nothing to cut (expected --from, --to or both)");
  }
  return convert(line);
}

ExitStatus generate_trace(const CommandLine& line) {
  const std::string path = line.positional();
  TrafficSource source{.name = path, .generated = read_workload(parse_yaml(read_text_file(path), path))};
  const auto output = line.value("output");
  if (!output) {
    throw InputError("idlewatt trace generate: no file to write (expected --output OUT)");
  }
  refuse_to_replace(line, *output);
  const Ticks duration = time_option(line, "duration", 0);
  if (line.has("duration")) {
    if (duration <= 0) {
      throw InputError("--duration: `" + *line.value("duration") + "` is no duration; expected above 0");
    }
    source.generated->duration_s = to_seconds(duration);
  }
  return copy_trace(*open_traffic({source}, line.number("seed", 0).value_or(1)), *output);
}

std::vector<OptionSpec> joined(std::vector<OptionSpec> first, const std::vector<OptionSpec>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::vector<OptionSpec> cut_options() {
  return {{.name = "from", .argument = "TIME", .help = "what arrives before it goes, and it becomes time 0: 2 h"},
          {.name = "to", .argument = "TIME", .help = "what arrives at it or later goes"}};
}

}  // namespace

Command trace_convert_command() {
  return {{.name = "trace convert",
           .summary = "Write a trace as CSV or HDF5, transformed on the way.",
           .positional = "IN OUT",
           .options = joined({force_option()}, joined(reading_options(), transform_options())),
           .example = "idlewatt trace convert BurstGPT_1.csv burst.csv.gz --scale 2"},
          convert};
}

Command trace_cut_command() {
  return {{.name = "trace cut",
           .summary = "Write a part of a trace.",
           .positional = "IN OUT",
           .options = joined(cut_options(), joined({force_option()}, joined(reading_options(), transform_options()))),
           .example = "idlewatt trace cut week.csv.gz tuesday.h5 --from \"24 h\" --to \"48 h\""},
          cut};
}

Command trace_generate_command() {
  return {
      {.name = "trace generate",
       .summary = "Write the requests that a workload describes.",
       .positional = "WORKLOAD",
       .options =
           {{.name = "output", .short_name = "o", .argument = "OUT", .help = "the file: .csv, .csv.gz, .h5 or .hdf5"},
            {.name = "seed", .argument = "N", .help = "seed of all draws (default: 1)"},
            {.name = "duration", .argument = "TIME", .help = "instead of the workload's own"},
            force_option()},
       .example = "idlewatt trace generate workloads/chat-spiky-day.yaml -o day.csv.gz --seed 7"},
      generate_trace};
}

}  // namespace idlewatt
