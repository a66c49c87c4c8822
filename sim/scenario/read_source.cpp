#include "scenario/read_source.hpp"

#include <algorithm>

#include "scenario/read_duration.hpp"
#include "scenario/yaml_trace.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 1000.0 * 86400.0;
constexpr std::int32_t kMostRepeats = 1'000'000;
constexpr std::int32_t kMostSkipped = 2'000'000'000;

constexpr std::int32_t kLargestBlock = 1'000'000;

ColumnNames read_columns(const YamlNode& node) {
  std::vector<std::string> known;
  for (const ColumnFigure& figure : column_figures()) {
    known.emplace_back(figure.name);
  }
  const Fields fields(node, "`columns`", known);
  ColumnNames names;
  for (const ColumnFigure& figure : column_figures()) {
    if (figure.required || fields.has(figure.name)) {
      names.*figure.column = fields.text(figure.name, "the name of a column, or of a key of JSON");
    }
  }
  return names;
}

/// What every trace has that a scenario reads.
void complete(TraceFile& trace, ScenarioFiles& files) {
  trace.skipped = std::make_shared<SkippedRows>();
  trace.notes = std::make_shared<TraceNotes>();
  trace.open_hdf5 = files.open_hdf5();
  trace.open_yaml = open_yaml_as_json;
  for (const std::string& path : files_beside(trace)) {
    files.uses(path);
  }
}

TraceFile read_trace(const YamlNode& node, ScenarioFiles& files) {
  const Fields fields(node, "`source`",
                      {"format", "path", "on_error", "max_skipped", "zero_tokens", "columns", "time_unit", "sort",
                       "block_tokens", "sessions_every", "run"});
  TraceFile trace;
  if (fields.has("format")) {
    trace.format = &trace_format(fields.name("format", "trace format", trace_format_names()));
  }
  trace.path = files.path(fields.at("path", "the path of a trace"), "trace");
  if (fields.name_or("on_error", "way to take an error", {"stop", "skip"}, "stop") == "skip") {
    trace.on_error = OnError::skip;
  }
  if (fields.has("max_skipped")) {
    if (trace.on_error == OnError::stop) {
      fail(fields.find("max_skipped")->place,
           "`max_skipped` is given, but no row is skipped; expected `on_error: skip`");
    }
    trace.max_skipped = fields.count("max_skipped", 0, kMostSkipped);
  }
  const std::string zero = fields.name_or("zero_tokens", "way to take zero tokens", {"skip", "one", "stop"}, "skip");
  trace.zero_tokens = zero == "one" ? ZeroTokens::one : zero == "stop" ? ZeroTokens::stop : ZeroTokens::skip;
  if (const YamlNode* columns = fields.find("columns")) {
    if (trace.format != nullptr) {
      fail(columns->place, "`columns` and `format` both say how the trace is to be read; expected one of them");
    }
    trace.columns = read_columns(*columns);
  }
  if (fields.has("time_unit")) {
    const std::vector<std::string>& units = time_unit_names();
    const std::string unit = fields.name("time_unit", "unit of time", units);
    trace.time_unit = static_cast<TimeUnit>(std::find(units.begin(), units.end(), unit) - units.begin());
  }
  trace.sort = fields.flag_or("sort", false);
  trace.block_tokens = fields.count_or("block_tokens", 0, 1, kLargestBlock);
  if (fields.has("sessions_every")) {
    trace.sessions_every = read_duration(fields, "sessions_every", kLongestS);
  }
  if (fields.has("run")) {
    trace.run = fields.count("run", 0, kMostRepeats);
  }
  complete(trace, files);
  return trace;
}

/// Whether the file at `path`, which stands for itself, is a trace and no workload.
bool is_trace(const std::string& path) {
  if (path.ends_with(".yaml") || path.ends_with(".yml")) {
    return false;
  }
  for (const char* ending : {".csv", ".jsonl", ".json", ".gz", ".h5", ".hdf5", ".log", ".parquet"}) {
    if (path.ends_with(ending)) {
      return true;
    }
  }
  const TraceHead head(path);
  return std::any_of(trace_formats().begin(), trace_formats().end(),
                     [&](const TraceFormat& format) { return format.recognises(head); });
}

void read_cut(const YamlNode& node, Transforms& transforms) {
  const Fields fields(node, "`cut`", {"from", "to"});
  const Bounds bounds{.minimum = 0.0, .maximum = kLongestS};
  transforms.cut_from = to_ticks(fields.quantity_or("from", Dimension::time, 0.0, bounds));
  if (fields.has("to")) {
    transforms.cut_to = to_ticks(fields.quantity("to", Dimension::time, bounds));
    if (transforms.cut_to <= transforms.cut_from) {
      fail(fields.find("to")->place, "`cut` ends where it starts or before; expected `to` after `from`");
    }
  }
}

void read_sample(const YamlNode& node, Transforms& transforms) {
  const Bounds share{.maximum = 1.0, .above_zero = true};
  if (!node.is_map()) {
    transforms.sample = read_quantity(node, "`sample`", Dimension::share, share);
    return;
  }
  const Fields fields(node, "`sample`", {"share", "by"});
  transforms.sample = fields.quantity("share", Dimension::share, share);
  if (fields.name_or("by", "unit to sample", {"request", "session"}, "request") == "session") {
    transforms.sample_by = SampleBy::session;
  }
}

void read_repeat(const YamlNode& node, Transforms& transforms) {
  if (!node.is_map()) {
    transforms.repeat = read_count(node, "`repeat`", 1, kMostRepeats);
    return;
  }
  const Fields fields(node, "`repeat`", {"times", "every"});
  transforms.repeat = fields.count("times", 1, kMostRepeats);
  if (fields.has("every")) {
    transforms.repeat_every = read_duration(fields, "every", kLongestS);
  }
}

}  // namespace

void read_source(const YamlNode& node, ScenarioFiles& files, Traffic& traffic) {
  if (node.is_map()) {
    traffic.file = read_trace(node, files);
    traffic.name = node.find("path")->scalar;
  } else {
    traffic.name = read_text(
        node, "`source`", "the path of a workload or a trace, or a map such as `{format: azure-llm, path: trace.csv}`");
    const std::string path = files.path(node, "workload or a trace");
    if (is_trace(path)) {
      traffic.file = TraceFile{};
      traffic.file->path = path;
      complete(*traffic.file, files);
    } else {
      traffic.generated = files.workload(path);
    }
  }
}

const std::vector<std::string>& transform_keys() {
  static const std::vector<std::string> keys{"scale", "scale_by", "cut", "sample", "repeat", "shift"};
  return keys;
}

void read_transforms(const Fields& fields, Traffic& traffic) {
  traffic.scale = fields.quantity_or("scale", Dimension::number, 1.0, {.maximum = 1e6, .above_zero = true});
  Transforms& transforms = traffic.transforms;
  const std::vector<std::string> ways{"superposition", "compression"};
  if (fields.name_or("scale_by", "way to scale", ways, ways[0]) == ways[1]) {
    transforms.scale_by = ScaleBy::compression;
  }
  if (const YamlNode* cut = fields.find("cut")) {
    read_cut(*cut, transforms);
  }
  if (const YamlNode* sample = fields.find("sample")) {
    read_sample(*sample, transforms);
  }
  if (const YamlNode* repeat = fields.find("repeat")) {
    read_repeat(*repeat, transforms);
  }
  transforms.shift =
      to_ticks(fields.quantity_or("shift", Dimension::time, 0.0, {.minimum = 0.0, .maximum = kLongestS}));
}

}  // namespace idlewatt
