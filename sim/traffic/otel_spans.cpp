// Traces of OpenTelemetry's gen_ai spans, as inference-perf replays them (kubernetes-sigs/inference-perf
// docs/otel_trace_replay.md @ 7de5ef2): one object a trace, with its spans.
//
// Dependencies are not written down. A span follows the one that ended last among those that ended before it began and
// whose output its messages repeat; parent_span_id is nesting, not order. Spans of tools are no requests.
#include <algorithm>
#include <fmt/core.h>

#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

class OtelFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    const std::string trace = fmt::format("{}#{}", record.word("trace_id"), traces_++);
    std::vector<Call> calls;
    for (const JsonValue& value : record.list("spans")) {
      const JsonRecord span = record.part(value);
      if (!span.has("attributes")) {
        continue;
      }
      const JsonRecord attributes = span.part(span.need("attributes"));
      if (!attributes.has("gen_ai.input.messages") && !has_usage(attributes)) {
        continue;
      }
      if (!has_usage(attributes)) {
        span.fail("the span has no `gen_ai.usage`, and counting tokens takes the model's tokenizer",
                  "spans with gen_ai.usage.input_tokens and gen_ai.usage.output_tokens");
      }
      Call call{.span = &value,
                .start = span.time("start_time", TimeUnit::seconds),
                .end = span.time("end_time", TimeUnit::seconds)};
      call.prompt = attributes.tokens(attributes.has("gen_ai.usage.prompt_tokens") ? "gen_ai.usage.prompt_tokens"
                                                                                   : "gen_ai.usage.input_tokens");
      call.output =
          attributes.tokens(attributes.has("gen_ai.usage.completion_tokens") ? "gen_ai.usage.completion_tokens"
                                                                             : "gen_ai.usage.output_tokens");
      read_messages(attributes.word("gen_ai.input.messages"), call.messages);
      call.said = attributes.word("gen_ai.output.text");
      calls.push_back(std::move(call));
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      TraceRow row;
      row.request.prompt_tokens = calls[i].prompt;
      row.request.output_tokens = calls[i].output;
      row.request.session = number_of(trace);
      row.time = calls[i].start;
      row.id = fmt::format("{} {}", trace, i);
      if (const Call* before = followed(calls, calls[i])) {
        row.after = {fmt::format("{} {}", trace, before - calls.data())};
        row.delay = std::max<Ticks>(ticks_between(before->end, calls[i].start).value_or(0), 0);
      }
      take(record.part(*calls[i].span), std::move(row));
    }
  }

 private:
  struct Call {
    const JsonValue* span = nullptr;
    Instant start;
    Instant end;
    std::int32_t prompt = 0;
    std::int32_t output = 0;
    std::vector<std::string> messages = {};
    std::string said = {};
  };

  static bool has_usage(const JsonRecord& attributes) {
    return (attributes.has("gen_ai.usage.prompt_tokens") || attributes.has("gen_ai.usage.input_tokens")) &&
           (attributes.has("gen_ai.usage.completion_tokens") || attributes.has("gen_ai.usage.output_tokens"));
  }

  /// What the assistant said in a list of messages that stands in a text.
  static void read_messages(const std::string& text, std::vector<std::string>& messages) {
    JsonValue list;
    JsonProblem problem;
    if (!parse_json(text, {}, {}, list, problem)) {
      return;  // then it repeats nothing
    }
    for (const JsonValue& message : list.items) {
      const JsonValue* role = message.find("role");
      const JsonValue* content = message.find("content");
      if (role != nullptr && role->text == "assistant" && content != nullptr) {
        messages.push_back(content->text);
      }
    }
  }

  static const Call* followed(const std::vector<Call>& calls, const Call& call) {
    const Call* latest = nullptr;
    for (const Call& other : calls) {
      if (&other == &call || other.said.empty() || call.start < other.end ||
          std::find(call.messages.begin(), call.messages.end(), other.said) == call.messages.end()) {
        continue;
      }
      latest = latest == nullptr || latest->end < other.end ? &other : latest;
    }
    return latest;
  }

  std::int64_t traces_ = 0;
};

}  // namespace

TraceFormat declare_otel() {
  return {.name = "otel",
          .summary = "JSON of OpenTelemetry's gen_ai spans (inference-perf's otel_trace_replay): one trace an object",
          .recognised_by = "`spans` with `attributes`",
          .times = "dates and times; the earliest is time 0. A span follows the one whose output its messages repeat",
          .lost = "the model, the texts, tools (their time is in the delays), all but the last of several predecessors",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("spans[].attributes") && head.has_key("spans[].start_time");
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(trace, std::make_unique<OtelFormat>(),
                                    {.skipped = {"gen_ai.tool.definitions", "resource_attributes"},
                                     .example = "traces with `spans` that have `gen_ai.usage` attributes"});
              }};
}

}  // namespace idlewatt
