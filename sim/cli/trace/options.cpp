#include "cli/trace/options.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "base/quantity.hpp"
#include "cli/text/text.hpp"
#include "results/trace_hdf5.hpp"
#include "scenario/traffic/yaml_trace.hpp"
#include "traffic/open.hpp"

namespace idlewatt {

namespace {

double quantity_option(const CommandLine& line, const std::string& name, Dimension dimension, double otherwise) {
  const auto text = line.value(name);
  if (!text) {
    return otherwise;
  }
  std::string problem;
  const auto value = parse_quantity(*text, dimension, problem);
  if (!value) {
    throw InputError("--" + name + ": " + problem);
  }
  return *value;
}

/// "a, b or c".
std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  return text;
}

/// The index of an option's word in `words`; the first when it is not given.
std::size_t word_option(const CommandLine& line, const std::string& name, const std::vector<std::string>& words) {
  const auto text = line.value(name);
  if (!text) {
    return 0;
  }
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found == words.end()) {
    throw InputError("--" + name + ": unknown `" + *text + "` (" + suggestion(*text, words) + ")");
  }
  return static_cast<std::size_t>(found - words.begin());
}

/// "arrival=ts,prompt_tokens=usage.prompt_tokens" as names.
ColumnNames columns_option(const std::string& text) {
  ColumnNames names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t sign = part.find('=');
    const auto figure = std::find_if(column_figures().begin(), column_figures().end(),
                                     [&](const ColumnFigure& one) { return one.name == part.substr(0, sign); });
    if (sign == std::string::npos || sign + 1 == part.size() || figure == column_figures().end()) {
      throw InputError("--columns: `" + part +
                       "` is no name of a column (expected arrival=NAME, prompt_tokens=NAME, output_tokens=NAME and "
                       "perhaps session=, tenant=, priority=, with commas between them)");
    }
    names.*figure->column = part.substr(sign + 1);
    at = end + 1;
  }
  for (const ColumnFigure& figure : column_figures()) {
    if (figure.required && (names.*figure.column).empty()) {
      throw InputError("--columns: no column for " + std::string(figure.name) + " (expected " +
                       std::string(figure.name) + "=NAME)");
    }
  }
  return names;
}

}  // namespace

std::vector<OptionSpec> reading_options() {
  return {
      {.name = "format",
       .argument = "NAME",
       .help = one_of(trace_format_names()) + " (default: by how the file begins)"},
      {.name = "on-error", .argument = "WHAT", .help = "stop (default) or skip: what a row that cannot be read does"},
      {.name = "max-skipped", .argument = "N", .help = "rows that --on-error skip leaves out at most (default: 1000)"},
      {.name = "zero-tokens",
       .argument = "WHAT",
       .help = "skip (default), one or stop: what a row without tokens does"},
      {.name = "columns",
       .argument = "NAMES",
       .help = "what its columns or keys of JSON are called, such as arrival=ts,prompt_tokens=in,output_tokens=out; "
               "also session, tenant, priority"},
      {.name = "time-unit", .argument = "UNIT", .help = "s, ms, us or ns: what numbers in the place of times count"},
      {.name = "sort", .help = "rows may come in any order"},
      {.name = "block-tokens", .argument = "N", .help = "tokens that a hash stands for, where the file does not say"},
      {.name = "sessions-every", .argument = "TIME", .help = "from start to start of sessions that say no start"},
      {.name = "run", .argument = "N", .help = "which run of a load test's result, from 0"}};
}

std::vector<OptionSpec> transform_options() {
  return {
      {.name = "sample", .argument = "SHARE", .help = "keep this share of the requests, such as 0.1"},
      {.name = "sample-by", .argument = "WHAT", .help = "request (default) or session: what a sample keeps or drops"},
      {.name = "repeat", .argument = "N", .help = "play the trace N times"},
      {.name = "repeat-every", .argument = "TIME", .help = "from start to start (default: the trace's length)"},
      {.name = "scale", .argument = "X", .help = "multiply the rate"},
      {.name = "scale-by", .argument = "HOW", .help = "superposition (default) or compression of time"},
      {.name = "shift", .argument = "TIME", .help = "let everything arrive later"},
      {.name = "seed", .argument = "N", .help = "seed of sampling and scaling (default: 1)"}};
}

TraceFile trace_file(const CommandLine& line, const std::string& path) {
  TraceFile trace;
  trace.path = path;
  if (line.has("format")) {
    trace.format = &trace_formats()[word_option(line, "format", trace_format_names())];
  }
  trace.on_error = word_option(line, "on-error", {"stop", "skip"}) == 1 ? OnError::skip : OnError::stop;
  trace.max_skipped = static_cast<std::int64_t>(
      std::min<std::uint64_t>(line.number("max-skipped", 0).value_or(1000), std::uint64_t{1} << 62U));
  constexpr ZeroTokens rules[] = {ZeroTokens::skip, ZeroTokens::one, ZeroTokens::stop};
  trace.zero_tokens = rules[word_option(line, "zero-tokens", {"skip", "one", "stop"})];
  trace.skipped = std::make_shared<SkippedRows>();
  trace.open_hdf5 = open_hdf5_trace;
  trace.open_yaml = open_yaml_as_json;
  trace.notes = std::make_shared<TraceNotes>();
  if (line.has("columns")) {
    trace.columns = columns_option(*line.value("columns"));
  }
  if (line.has("time-unit")) {
    trace.time_unit = static_cast<TimeUnit>(word_option(line, "time-unit", time_unit_names()));
  }
  trace.sort = line.has("sort");
  trace.block_tokens =
      static_cast<std::int32_t>(std::min<std::uint64_t>(line.number("block-tokens", 1).value_or(0), 1U << 30U));
  trace.sessions_every = time_option(line, "sessions-every", 0);
  if (const auto run = line.number("run", 0)) {
    trace.run = static_cast<std::int32_t>(std::min<std::uint64_t>(*run, 1U << 30U));
  }
  return trace;
}

Ticks time_option(const CommandLine& line, const std::string& name, Ticks otherwise) {
  if (!line.has(name)) {
    return otherwise;
  }
  const double seconds = quantity_option(line, name, Dimension::time, 0.0);
  if (seconds > 1000.0 * 86400.0) {
    throw InputError("--" + name + ": `" + *line.value(name) + "` is too long; expected at most 1000 d");
  }
  return to_ticks(seconds);
}

std::unique_ptr<TraceReader> open_transformed(const CommandLine& line, const TraceFile& trace) {
  TrafficSource source{.name = trace.path, .file = trace};
  Transforms& transforms = source.transforms;
  transforms.cut_from = time_option(line, "from", 0);
  transforms.cut_to = time_option(line, "to", kNever);
  if (transforms.cut_to <= transforms.cut_from) {
    throw InputError("--to: the cut ends where it starts or before; expected a time after --from");
  }
  transforms.sample = quantity_option(line, "sample", Dimension::share, 1.0);
  transforms.sample_by =
      word_option(line, "sample-by", {"request", "session"}) == 1 ? SampleBy::session : SampleBy::request;
  transforms.repeat =
      static_cast<std::int32_t>(std::min<std::uint64_t>(line.number("repeat", 1).value_or(1), 1'000'000));
  transforms.repeat_every = time_option(line, "repeat-every", 0);
  transforms.scale_by = word_option(line, "scale-by", {"superposition", "compression"}) == 1 ? ScaleBy::compression
                                                                                             : ScaleBy::superposition;
  transforms.shift = time_option(line, "shift", 0);
  source.scale = quantity_option(line, "scale", Dimension::number, 1.0);
  if (!(source.scale > 0.0 && source.scale <= 1e6)) {
    throw InputError("--scale: `" + *line.value("scale") + "` is out of range; expected above 0, at most 1e6");
  }
  return open_source(source, line.number("seed", 0).value_or(1), std::filesystem::path(trace.path).filename().string());
}

}  // namespace idlewatt
