#include "scenario/read_source.hpp"

#include "scenario/read_duration.hpp"

namespace idlewatt {
namespace {

constexpr double kLongestS = 1000.0 * 86400.0;
constexpr std::int32_t kMostRepeats = 1'000'000;
constexpr std::int32_t kMostSkipped = 2'000'000'000;

TraceFile read_trace(const YamlNode& node, ScenarioFiles& files) {
  const Fields fields(node, "`source`", {"format", "path", "on_error", "max_skipped", "zero_tokens"});
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
  trace.skipped = std::make_shared<SkippedRows>();
  trace.open_hdf5 = files.open_hdf5();
  return trace;
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
    traffic.name =
        read_text(node, "`source`", "the path of a workload, or a map such as `{format: azure-llm, path: trace.csv}`");
    traffic.generated = files.workload(files.path(node, "workload"));
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
