#include "scenario/traffic/read_source.hpp"

#include <algorithm>

#include "scenario/traffic/yaml_trace.hpp"
#include "scenario/yaml/read_duration.hpp"
#include "scenario/yaml/section.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMostRepeats = 1'000'000;
constexpr std::int32_t kLargestBlock = 1'000'000;
constexpr std::int32_t kMostSkipped = 2'000'000'000;
const Bounds kSampled{.maximum = 1.0, .above_zero = true};

const KeyTable& column_keys() {
  static const KeyTable table(
      "Columns of a trace", "What the columns of a table, or the keys of JSON, are called: with dots between the maps.",
      "{arrival: created_at, prompt_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens}", [] {
        std::vector<Key> keys;
        for (const ColumnFigure& figure : column_figures()) {
          keys.push_back({.name = std::string(figure.name),
                          .form = text_form("the name of a column, or of a key of JSON"),
                          .must = figure.required,
                          .without = figure.required ? "" : "none",
                          .help = "the column of that figure of a request"});
        }
        return keys;
      }());
  return table;
}

const KeyTable& cut_keys() {
  static const KeyTable table{"A part of the traffic",
                              "Which part of the traffic is taken, in its own time.",
                              "{from: 8 h, to: 10 h}",
                              {{.name = "from",
                                .form = quantity_form(Dimension::time, kTimeFromZero),
                                .otherwise = "0 s",
                                .help = "where the part begins; its first moment becomes time 0"},
                               {.name = "to",
                                .form = quantity_form(Dimension::time, kTimeFromZero),
                                .without = "the end",
                                .help = "where it ends"}}};
  return table;
}

const KeyTable& sample_keys() {
  static const KeyTable table{"A sample",
                              "Which share of the traffic is taken, at random.",
                              "{share: 10 %, by: session}",
                              {{.name = "share",
                                .form = quantity_form(Dimension::share, kSampled),
                                .must = true,
                                .help = "the share that is taken"},
                               {.name = "by",
                                .form = word_form("unit to sample", {"request", "session"}),
                                .otherwise = "request",
                                .help = "whether single requests or whole sessions are drawn"}}};
  return table;
}

const KeyTable& repeat_keys() {
  static const KeyTable table{
      "Repetition",
      "How often the traffic comes.",
      "{times: 7, every: 24 h}",
      {{.name = "times", .form = count_form(1, kMostRepeats), .must = true, .help = "how many times it comes in all"},
       {.name = "every",
        .form = quantity_form(Dimension::time, kDuration),
        .without = "the length of the cut or of the workload, else up to the last arrival and one mean gap more",
        .help = "from one beginning to the next"}}};
  return table;
}

ColumnNames read_columns(const Section& fields) {
  ColumnNames names;
  for (const ColumnFigure& figure : column_figures()) {
    names.*figure.column = figure.required ? fields.text(figure.name) : fields.text_if(figure.name);
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

TraceFile read_trace(const Section& fields, ScenarioFiles& files) {
  TraceFile trace;
  if (fields.has("format")) {
    trace.format = &trace_format(fields.word("format"));
  }
  trace.path = files.path(fields.at("path"), "trace");
  if (fields.word("on_error") == "skip") {
    trace.on_error = OnError::skip;
  }
  if (fields.has("max_skipped")) {
    if (trace.on_error == OnError::stop) {
      fail(fields.find("max_skipped")->place,
           "`max_skipped` is given, but no row is skipped; expected `on_error: skip`");
    }
    trace.max_skipped = fields.count("max_skipped");
  }
  const std::string zero = fields.word("zero_tokens");
  trace.zero_tokens = zero == "one" ? ZeroTokens::one : zero == "stop" ? ZeroTokens::stop : ZeroTokens::skip;
  if (const std::optional<Section> columns = fields.map("columns")) {
    if (trace.format != nullptr) {
      fail(columns->place(), "`columns` and `format` both say how the trace is to be read; expected one of them");
    }
    trace.columns = read_columns(*columns);
  }
  if (fields.has("time_unit")) {
    trace.time_unit = static_cast<TimeUnit>(fields.choice("time_unit"));
  }
  trace.sort = fields.flag("sort");
  trace.block_tokens = fields.count_if("block_tokens").value_or(0);
  if (fields.has("sessions_every")) {
    trace.sessions_every = read_duration(fields, "sessions_every");
  }
  trace.run = fields.count_if("run");
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

void read_cut(const Section& fields, Transforms& transforms) {
  transforms.cut_from = to_ticks(fields.quantity("from"));
  if (fields.has("to")) {
    transforms.cut_to = to_ticks(fields.quantity("to"));
    if (transforms.cut_to <= transforms.cut_from) {
      fail(fields.find("to")->place, "`cut` ends where it starts or before; expected `to` after `from`");
    }
  }
}

void read_sample(const Section& fields, Transforms& transforms) {
  if (!fields.at("sample").is_map()) {
    transforms.sample = fields.quantity("sample");
    return;
  }
  const Section sample = *fields.map("sample");
  transforms.sample = sample.quantity("share");
  if (sample.word("by") == "session") {
    transforms.sample_by = SampleBy::session;
  }
}

void read_repeat(const Section& fields, Transforms& transforms) {
  if (!fields.at("repeat").is_map()) {
    transforms.repeat = fields.count("repeat");
    return;
  }
  const Section repeat = *fields.map("repeat");
  transforms.repeat = repeat.count("times");
  if (repeat.has("every")) {
    transforms.repeat_every = read_duration(repeat, "every");
  }
}

}  // namespace

const KeyTable& trace_keys() {
  static const KeyTable table{
      "Keys of a trace",
      "A file of recorded requests. [`workloads/FORMATS.md`](../workloads/FORMATS.md) lists the formats.",
      "{format: azure-llm, path: trace.csv.gz}",
      {{.name = "format",
        .form = word_form("trace format", trace_format_names()),
        .without = "recognised from the file's head",
        .help = "how the file is written"},
       {.name = "path",
        .form = text_form("the path of a trace"),
        .must = true,
        .help = "path of the file, relative to this one; `${VARIABLE}` is one of the environment"},
       {.name = "on_error",
        .form = word_form("way to take an error", {"stop", "skip"}),
        .otherwise = "stop",
        .help = "what to do at a row that cannot be read"},
       {.name = "max_skipped",
        .form = count_form(0, kMostSkipped),
        .without = "no limit",
        .help = "with `on_error: skip`: more rows that cannot be read are an error"},
       {.name = "zero_tokens",
        .form = word_form("way to take zero tokens", {"skip", "one", "stop"}),
        .otherwise = "skip",
        .help = "what becomes of requests of no tokens: left out, taken as of one token, or an error"},
       {.name = "columns",
        .form = map_form(column_keys),
        .without = "as the format says",
        .help = "what the columns of the file are called, in place of a `format`"},
       {.name = "time_unit",
        .form = word_form("unit of time", time_unit_names()),
        .without = "as the file says, else s",
        .help = "what numbers in the place of times count"},
       {.name = "sort", .form = flag_form(), .otherwise = "false", .help = "whether rows may come in any order"},
       {.name = "block_tokens",
        .form = count_form(1, kLargestBlock),
        .without = "as the file says",
        .help = "tokens that a hash stands for"},
       {.name = "sessions_every",
        .form = quantity_form(Dimension::time, kDuration),
        .without = "as the file says",
        .help = "time from the start of one session to that of the next"},
       {.name = "run",
        .form = count_form(0, kMostRepeats),
        .without = "the only one of the file",
        .help = "which run of a load test's result, from 0"}}};
  return table;
}

const std::vector<Key>& transform_keys() {
  static const std::vector<Key> keys{
      {.name = "scale",
       .form = quantity_form(Dimension::number, {.maximum = 1e6, .above_zero = true}),
       .otherwise = "1",
       .help = "multiplies the rate of requests"},
      {.name = "scale_by",
       .form = word_form("way to scale", {"superposition", "compression"}),
       .otherwise = "superposition",
       .help = "how: copies on top of each other, or time that runs faster"},
      {.name = "cut", .form = map_form(cut_keys), .without = "all of it", .help = "a part of the traffic"},
      {.name = "sample",
       .form = either_form({quantity_form(Dimension::share, kSampled), map_form(sample_keys)}),
       .without = "all requests",
       .help = "a share of the requests or sessions, drawn at random"},
      {.name = "repeat",
       .form = either_form({count_form(1, kMostRepeats), map_form(repeat_keys)}),
       .without = "once",
       .help = "how many times the traffic comes"},
      {.name = "shift",
       .form = quantity_form(Dimension::time, kTimeFromZero),
       .otherwise = "0 s",
       .help = "all requests come later by this time"}};
  return keys;
}

void read_source(const Section& fields, ScenarioFiles& files, Traffic& traffic) {
  const YamlNode& node = fields.at("source");
  if (node.is_map()) {
    traffic.file = read_trace(*fields.map("source"), files);
    traffic.name = node.find("path")->scalar;
  } else {
    traffic.name = fields.text("source");
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

void read_transforms(const Section& fields, Traffic& traffic) {
  traffic.scale = fields.quantity("scale");
  Transforms& transforms = traffic.transforms;
  if (fields.word("scale_by") == "compression") {
    transforms.scale_by = ScaleBy::compression;
  }
  if (const std::optional<Section> cut = fields.map("cut")) {
    read_cut(*cut, transforms);
  }
  if (fields.has("sample")) {
    read_sample(fields, transforms);
  }
  if (fields.has("repeat")) {
    read_repeat(fields, transforms);
  }
  transforms.shift = to_ticks(fields.quantity("shift"));
}

}  // namespace idlewatt
