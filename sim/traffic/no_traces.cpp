#include "traffic/no_traces.hpp"

#include <fmt/core.h>
#include <string_view>
#include <vector>

namespace idlewatt {
namespace {

struct OtherFile {
  const char* problem;
  const char* expectation;
  bool (*recognises)(const TraceHead& head);
};

bool begins(const TraceHead& head, std::string_view text) {
  return head.text().starts_with(text);
}

bool mentions(const TraceHead& head, std::string_view text) {
  return head.text().find(text) != std::string_view::npos;
}

constexpr const char* kDetailed =
    "the requests: vLLM's --save-detailed, AIPerf's profile_export.jsonl, GuideLLM's JSON, "
    "inference-perf's per_request_lifecycle_metrics.json";
constexpr const char* kTokens =
    "a log of the same requests with token counts, of the serving system or its gateway, or a workload with their rate "
    "and lengths";
constexpr const char* kServeDetailed = "a result of `vllm bench serve --save-result --save-detailed`";

/// The special before the general.
const std::vector<OtherFile>& other_files() {
  static const std::vector<OtherFile> files{
      {"is GenAI-Perf's profile_export.json, which counts no tokens",
       "the payload file that was sent, or AIPerf's "
       "profile_export.jsonl",
       [](const TraceHead& head) { return head.has_key("experiments[].requests[].timestamp"); }},
      {"is the summary of a load test by AIPerf or GenAI-Perf, without its requests", kDetailed,
       [](const TraceHead& head) { return head.has_key("request_throughput.avg") || begins(head, "Metric,avg,min"); }},
      {"is the summary of a load test by inference-perf, without its requests", kDetailed,
       [](const TraceHead& head) { return head.has_key("load_summary") && head.has_key("successes"); }},
      {"is the summary of load tests by InferenceX, without their requests",
       "a workload with a closed loop of its `conc` clients and its lengths `isl` and `osl`",
       [](const TraceHead& head) { return head.has_key("tput_per_gpu") && head.has_key("conc"); }},
      {"is a benchmark report of llm-d, without its requests", kDetailed,
       [](const TraceHead& head) {
         return head.has_key("results.request_performance") ||
                (mentions(head, "request_performance:") && mentions(head, "scenario:"));
       }},
      {"is a result of llmperf, which says no arrivals", "a closed loop of its num_concurrent_requests, as a workload",
       [](const TraceHead& head) {
         return (head.has_key("ttft_s") && head.has_key("number_input_tokens")) || head.has_key("results_error_rate") ||
                head.has_key("num_concurrent_requests");
       }},
      {"is a result of trtllm-bench, without its requests", "a workload with its request rate and mean lengths",
       [](const TraceHead& head) { return head.has_key("world_info") && head.has_key("request_info"); }},
      {"is a result of `vllm bench latency` or `throughput`, which says no arrivals and no lengths", kServeDetailed,
       [](const TraceHead& head) {
         return (head.has_key("avg_latency") && head.has_key("latencies")) ||
                (head.has_key("elapsed_time") && head.has_key("total_num_tokens"));
       }},
      {"is the summary of a load test by GuideLLM, without its requests", "GuideLLM's report in JSON or YAML",
       [](const TraceHead& head) { return begins(head, "Run Info,") || mentions(head, "\nRun ID,Run Index"); }},
      {"is the output of k6, which counts no tokens", kTokens,
       [](const TraceHead& head) { return begins(head, "metric_name,timestamp,metric_value"); }},
      {"is the output of Locust: sums without requests", kTokens,
       [](const TraceHead& head) {
         return head.has_column("Request Count") || head.has_column("Total Request Count") ||
                (head.has_column("Occurrences") && head.has_column("Error"));
       }},
      {"is a summary of MLPerf's LoadGen, without its requests",
       "a workload with its rate and the lengths of its data set",
       [](const TraceHead& head) { return mentions(head, "MLPerf Results Summary"); }},
      {"is a file of conversations as texts, without times, and counting their tokens takes the model's tokenizer",
       "a trace with token counts, or a workload with their distribution",
       [](const TraceHead& head) { return head.has_key("conversations"); }},
      {"is a trace of LMCache's, whose prompts are texts: counting their tokens takes the model's tokenizer",
       "the trace after `convert_lmcache_to_mooncake.py`",
       [](const TraceHead& head) { return head.has_key("pre_gap"); }},
      {"is an input file of AIPerf, whose prompts are texts: counting their tokens takes the model's tokenizer",
       "the profile_export.jsonl of the same run",
       [](const TraceHead& head) {
         return head.has_key("data[].payloads") || head.has_key("data[].payload") || head.has_key("turns") ||
                (head.has_key("text") && !head.has_key("input_length")) || head.has_key("texts");
       }},
      {"is a file of lengths without arrivals, which a rate must come to",
       "a workload with `mean_rate` and these lengths as quantiles",
       [](const TraceHead& head) { return head.has_column("pd_ratio") || head.has_column("num_prefill_tokens"); }},
      {"is a diagnostic log of Azure OpenAI, which says bytes and no tokens", kTokens,
       [](const TraceHead& head) {
         return mentions(head, "ShoeboxCallResult") || (head.has_key("resultSignature") && head.has_key("durationMs"));
       }},
      {"is an export of Azure's metrics: sums of minutes, without requests", "a log of requests with token counts",
       [](const TraceHead& head) { return head.has_key("metricName") && head.has_key("timeGrain"); }},
      {"is an export of CloudWatch's metrics: sums of minutes, without requests",
       "Bedrock's model invocation log, which has the requests",
       [](const TraceHead& head) { return head.has_key("MetricDataResults") || head.has_key("Datapoints"); }},
      {"is an access log of Istio or Envoy, which counts no tokens",
       "the access log of Envoy AI Gateway in JSON, with "
       "its token counts",
       [](const TraceHead& head) {
         return head.has_key("response_flags") || (begins(head, "[") && !head.is_json()) ||
                (begins(head, "[2") && mentions(head, "] \""));
       }},
  };
  return files;
}

}  // namespace

std::string why_no_trace(const TraceHead& head) {
  for (const OtherFile& file : other_files()) {
    if (file.recognises(head)) {
      return fmt::format("{} (expected {})", file.problem, file.expectation);
    }
  }
  return "";
}

}  // namespace idlewatt
