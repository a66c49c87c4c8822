// Results of load tests that hold their requests. Times become those of the requests' starts, the earliest at time 0;
// requests that failed have no output, and are left out as rows without tokens are.
//
// - vLLM `bench serve --save-result --save-detailed` (vllm-project/vllm vllm/benchmarks/serve.py @ 009e6d4): one object a
//   run, with lists of equal length; `start_times` are seconds of a monotonic clock. SGLang's bench_serving has the same
//   lists without start times.
// - GuideLLM (vllm-project/guidellm src/guidellm/benchmark/schemas @ ee7a774): JSON or YAML, one or several benchmarks,
//   each with lists of requests by how they ended; seconds since 1970.
// - AIPerf's profile_export.jsonl (ai-dynamo/aiperf docs/tutorials/working-with-profile-exports.md @ db4f639):
//   nanoseconds since 1970; warm-up requests are left out.
// - inference-perf's per_request_lifecycle_metrics.json (kubernetes-sigs/inference-perf apis/base.py @ 7de5ef2): one
//   list; seconds of a monotonic clock.
// - LLMServingSim's bench of vLLM (casys-kaist/LLMServingSim, requests.jsonl): a request a line; `queued_ts` and the times
//   of the first and the last token are seconds of the engine's monotonic clock, `arrival_time` of another clock.
#include <charconv>
#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "traffic/csv_fields.hpp"
#include "traffic/record_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {
namespace {

constexpr TimeUnit kSeconds = TimeUnit::seconds;

/// Which of the runs in a file is read.
class RunChoice {
 public:
  explicit RunChoice(const std::optional<std::int32_t>& wanted) : wanted_(wanted) {}

  /// Whether the run that `record` is, the next one, is to be read.
  bool takes(const JsonRecord& record) {
    const std::int32_t run = runs_++;
    if (!wanted_ && run > 0) {
      record.fail("a second run begins here", "`run: 0`, `run: 1` and so on to say which is read");
    }
    return !wanted_ || run == *wanted_;
  }

 private:
  std::optional<std::int32_t> wanted_;
  std::int32_t runs_ = 0;
};

/// A number of seconds.
double seconds_of(const JsonRecord& record, const JsonValue& value) {
  double seconds = 0.0;
  const char* end = value.text.data() + value.text.size();
  const auto [at, error] = std::from_chars(value.text.data(), end, seconds);
  if (!value.is_number() || error != std::errc() || at != end || !std::isfinite(seconds)) {
    record.fail(value, "a measured time is no number", "seconds");
  }
  return seconds;
}

/// The number under a key, in seconds when multiplied by `unit_s`; NaN where there is none.
double seconds_of(const JsonRecord& record, const std::string& key, double unit_s) {
  const JsonValue* found = record.find(key);
  return found == nullptr ? std::numeric_limits<double>::quiet_NaN() : seconds_of(record, *found) * unit_s;
}

class VllmBenchFormat final : public RecordFormat {
 public:
  explicit VllmBenchFormat(const TraceFile& trace) : runs_(trace.run) {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    if (!runs_.takes(record)) {
      return;
    }
    if (!record.has("input_lens") || !record.has("output_lens")) {
      record.fail("this is the summary of a load test, without its requests",
                  "a result of `vllm bench serve --save-result --save-detailed`" + as_workload(record));
    }
    if (!record.has("start_times")) {
      record.fail("the result has no `start_times`, so nothing says when its requests came",
                  "a result of vLLM with --save-detailed; older ones and SGLang's bench_serving lack them");
    }
    const auto& starts = record.list("start_times");
    const auto& prompts = record.list("input_lens");
    const auto& outputs = record.list("output_lens");
    if (starts.size() != prompts.size() || starts.size() != outputs.size()) {
      record.fail("`start_times`, `input_lens` and `output_lens` differ in length", "one entry a request in each");
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
      TraceRow row;
      const JsonRecord start = record.part(starts[i]);
      row.time = parse_instant(starts[i].text, kSeconds);
      if (!row.time || !parse_number(prompts[i].text, row.request.prompt_tokens) ||
          !parse_number(outputs[i].text, row.request.output_tokens) || row.request.prompt_tokens < 0 ||
          row.request.output_tokens < 0) {
        start.fail(fmt::format("entry {} of `start_times`, `input_lens` or `output_lens` is no number", i),
                   "seconds, and whole numbers of tokens");
      }
      row.measured = times_of(record, i);
      take(start, std::move(row));
    }
  }

 private:
  /// A result that is read as a trace alone comes without these lists.
  static MeasuredTimes times_of(const JsonRecord& record, std::size_t i) {
    MeasuredTimes times;
    if (!record.has("ttfts") || record.list("ttfts").size() <= i) {
      return times;
    }
    times.ttft_s = seconds_of(record, record.list("ttfts")[i]);
    if (record.has("latencies") && record.list("latencies").size() > i) {
      times.e2e_s = seconds_of(record, record.list("latencies")[i]);
    } else if (record.has("itls") && record.list("itls").size() > i) {
      times.e2e_s = times.ttft_s;
      for (const JsonValue& gap : record.list("itls")[i].items) {
        times.e2e_s += seconds_of(record, gap);
      }
    }
    return times;
  }

  /// What a workload would have to say instead; nothing where the summary does not tell.
  static std::string as_workload(const JsonRecord& record) {
    double requests = 0.0;
    double prompt = 0.0;
    double output = 0.0;
    if (!number(record, "completed", requests) || !number(record, "total_input_tokens", prompt) ||
        !number(record, "total_output_tokens", output) || !(requests > 0.0)) {
      return "";
    }
    const std::string load = record.has("max_concurrency")
                                 ? fmt::format("a closed loop of {} clients", quoted(record.word("max_concurrency")))
                                 : fmt::format("arrivals at {} requests/s", quoted(record.word("request_rate")));
    return fmt::format(", or a workload with {}, {} prompt and {} output tokens a request", load,
                       std::llround(prompt / requests), std::llround(output / requests));
  }

  static bool number(const JsonRecord& record, std::string_view key, double& value) {
    const std::string text = record.word(key);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value >= 0.0 && value < 1e15;
  }

  RunChoice runs_;
};

class GuideLlmFormat final : public RecordFormat {
 public:
  explicit GuideLlmFormat(const TraceFile& trace) : runs_(trace.run) {}

  void read(const JsonRecord& record, const RowTaker& take) override {
    for (const JsonValue& value : record.list("benchmarks")) {
      const JsonRecord benchmark = record.part(value);
      if (!runs_.takes(benchmark)) {
        continue;
      }
      for (const char* status : {"requests.successful", "requests.incomplete", "requests.errored"}) {
        if (benchmark.has(status)) {
          for (const JsonValue& request : benchmark.list(status)) {
            read_request(benchmark.part(request), take);
          }
        }
      }
    }
  }

 private:
  static void read_request(const JsonRecord& request, const RowTaker& take) {
    TraceRow row;
    row.time = request.time("request_start_time", kSeconds);
    row.request.prompt_tokens = request.tokens_or("prompt_tokens", 0);
    row.request.output_tokens = request.tokens_or("output_tokens", 0);
    row.measured = {.ttft_s = seconds_of(request, "time_to_first_token_ms", 1e-3),
                    .e2e_s = seconds_of(request, "request_latency", 1.0)};
    take(request, std::move(row));
  }

  RunChoice runs_;
};

class AiPerfFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    if (record.word("metadata.benchmark_phase") == "warmup") {
      return;
    }
    TraceRow row;
    row.time = record.time("metadata.request_start_ns", TimeUnit::nanoseconds);
    const bool failed = record.has("error");
    row.request.prompt_tokens =
        record.tokens_or("metrics.input_sequence_length.value", record.tokens_or("metrics.error_isl.value", 0));
    row.request.output_tokens = failed ? 0 : record.tokens_or("metrics.output_sequence_length.value", 0);
    if (const std::string session = record.word("metadata.x_correlation_id"); !session.empty()) {
      row.request.session = number_of(session);
    }
    row.measured = {.ttft_s = with_unit(record, "metrics.time_to_first_token"),
                    .e2e_s = with_unit(record, "metrics.request_latency")};
    take(record, std::move(row));
  }

 private:
  /// A metric says its own unit.
  static double with_unit(const JsonRecord& record, const std::string& metric) {
    const std::string unit = record.word(metric + ".unit");
    const double factor = unit == "ms" ? 1e-3 : unit == "us" ? 1e-6 : unit == "ns" ? 1e-9 : 1.0;
    return seconds_of(record, metric + ".value", factor);
  }
};

class InferencePerfFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    TraceRow row;
    row.time = record.time("start_time", kSeconds);
    row.request.prompt_tokens =
        record.tokens_or("info.request_metrics.text.input_tokens", record.tokens_or("info.input_tokens", 0));
    row.request.output_tokens = record.has("error") ? 0
                                                    : record.tokens_or("info.response_metrics.output_tokens",
                                                                       record.tokens_or("info.output_tokens", 0));
    row.measured = times_of(record);
    take(record, std::move(row));
  }

 private:
  /// The first and the last of the times at which tokens came; the end of the request where these are not kept.
  static MeasuredTimes times_of(const JsonRecord& record) {
    const double start = seconds_of(record, "start_time", 1.0);
    MeasuredTimes times{.e2e_s = seconds_of(record, "end_time", 1.0) - start};
    for (const char* key : {"info.response_metrics.output_token_times", "info.output_token_times"}) {
      if (record.has(key) && !record.list(key).empty()) {
        times.ttft_s = seconds_of(record, record.list(key).front()) - start;
        times.e2e_s = seconds_of(record, record.list(key).back()) - start;
      }
    }
    return times;
  }
};

class EngineLogFormat final : public RecordFormat {
 public:
  void read(const JsonRecord& record, const RowTaker& take) override {
    TraceRow row;
    row.time = record.time("queued_ts", kSeconds);
    row.request.prompt_tokens = record.tokens("input_toks");
    row.request.output_tokens = record.tokens("output_toks");
    const double queued_s = seconds_of(record, "queued_ts", 1.0);
    row.measured = {.ttft_s = seconds_of(record, "first_token_ts", 1.0) - queued_s,
                    .e2e_s = seconds_of(record, "last_token_ts", 1.0) - queued_s};
    take(record, std::move(row));
  }
};

std::unique_ptr<TraceReader> open_guidellm(const TraceFile& trace) {
  RecordRules rules{.skipped = {"pdf", "percentiles", "args", "request_args", "output", "info"},
                    .example = "a report of GuideLLM with `benchmarks` that hold `requests`"};
  if (TraceHead(trace.path).is_json()) {
    return read_records(trace, std::make_unique<GuideLlmFormat>(trace), std::move(rules));
  }
  if (!trace.open_yaml) {
    throw InputError(trace.path + ": is a report in YAML, and nothing here reads those (expected the report in JSON)");
  }
  return read_document(trace, trace.open_yaml(trace.path), std::make_unique<GuideLlmFormat>(trace), rules);
}

}  // namespace

TraceFormat declare_vllm_bench() {
  return {.name = "vllm-bench",
          .summary = "JSON of `vllm bench serve --save-result --save-detailed`: one object a run (`run` chooses)",
          .recognised_by = "`total_input_tokens` and `mean_ttft_ms`",
          .times = "seconds of a monotonic clock (`start_times`); the earliest is time 0",
          .lost = "the measured latencies, the model, the texts; failed requests are rows without tokens",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("input_lens") || head.has_key("start_times") ||
                       (head.has_key("total_input_tokens") && head.has_key("mean_ttft_ms"));
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(
                    trace, std::make_unique<VllmBenchFormat>(trace),
                    {.skipped = {"itls", "generated_texts", "errors", "ttfts", "latencies", "queue_times"},
                     .example = "a result with `input_lens`, `output_lens` and `start_times`"});
              },
          .measured = [](const TraceFile& trace) -> std::unique_ptr<RecordFormat> {
            return std::make_unique<VllmBenchFormat>(trace);
          }};
}

TraceFormat declare_guidellm() {
  return {.name = "guidellm",
          .summary = "JSON or YAML of GuideLLM's reports with their requests (`run` chooses a benchmark)",
          .recognised_by = "`benchmarks` and `metadata.guidellm_version`",
          .times = "seconds since 1970 (`request_start_time`); the earliest is time 0",
          .lost = "the measured latencies, the model; failed requests are rows without tokens",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("metadata.guidellm_version") ||
                       (!head.is_json() && head.text().find("guidellm_version:") != std::string_view::npos);
              },
          .open = open_guidellm,
          .measured = [](const TraceFile& trace) -> std::unique_ptr<RecordFormat> {
            return std::make_unique<GuideLlmFormat>(trace);
          }};
}

TraceFormat declare_aiperf() {
  return {
      .name = "aiperf",
      .summary = "JSON lines of AIPerf's profile_export.jsonl",
      .recognised_by = "`metadata.request_start_ns`",
      .times = "nanoseconds since 1970; the earliest is time 0, warm-up requests left out",
      .lost = "the measured latencies; which turn follows which (sessions are kept, at the times recorded)",
      .recognises = [](const TraceHead& head) { return head.has_key("metadata.request_start_ns"); },
      .open =
          [](const TraceFile& trace) {
            return read_records(trace, std::make_unique<AiPerfFormat>(),
                                {.skipped = {"inter_chunk_latency"},
                                 .example = "records with `metadata.request_start_ns` and `metrics`"});
          },
      .measured = [](const TraceFile&) -> std::unique_ptr<RecordFormat> { return std::make_unique<AiPerfFormat>(); }};
}

TraceFormat declare_inference_perf() {
  return {.name = "inference-perf",
          .summary = "JSON of inference-perf's per_request_lifecycle_metrics.json",
          .recognised_by = "`start_time` and `info.request_metrics` or `info.input_tokens`",
          .times = "seconds of a monotonic clock (`start_time`); the earliest is time 0",
          .lost = "the measured latencies, the texts; failed requests are rows without tokens",
          .recognises =
              [](const TraceHead& head) {
                return head.has_key("start_time") &&
                       (head.has_key("info.request_metrics") || head.has_key("info.input_tokens"));
              },
          .open =
              [](const TraceFile& trace) {
                return read_records(
                    trace, std::make_unique<InferencePerfFormat>(),
                    {.skipped = {"request", "response", "output_token_times", "response_chunks", "chunk_times"},
                     .example = "a list of requests with `start_time` and `info`"});
              },
          .measured = [](const TraceFile&) -> std::unique_ptr<RecordFormat> {
            return std::make_unique<InferencePerfFormat>();
          }};
}

TraceFormat declare_engine_log() {
  return {
      .name = "llmservingsim-bench",
      .summary = "JSON lines of requests.jsonl, which LLMServingSim's bench of vLLM writes (casys-kaist/LLMServingSim)",
      .recognised_by = "`queued_ts` and `first_token_ts`",
      .times = "seconds of the engine's monotonic clock (`queued_ts`); the earliest is time 0",
      .lost = "the measured latencies; when a request was scheduled",
      .recognises = [](const TraceHead& head) { return head.has_key("queued_ts") && head.has_key("first_token_ts"); },
      .open =
          [](const TraceFile& trace) {
            return read_records(trace, std::make_unique<EngineLogFormat>(),
                                {.example = "rows with `queued_ts`, `input_toks`, `output_toks` and `last_token_ts`"});
          },
      .measured = [](const TraceFile&) -> std::unique_ptr<RecordFormat> {
        return std::make_unique<EngineLogFormat>();
      }};
}

}  // namespace idlewatt
