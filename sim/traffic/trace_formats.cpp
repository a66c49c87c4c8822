// The table itself. A format is one file that defines one of these functions, and its name in two places here.
#include <algorithm>
#include <fmt/core.h>

#include "base/error.hpp"
#include "traffic/csv_fields.hpp"
#include "traffic/no_traces.hpp"
#include "traffic/trace_format.hpp"
#include "traffic/trace_head.hpp"

namespace idlewatt {

TraceFormat declare_azure_llm();
TraceFormat declare_burstgpt();
TraceFormat declare_splitwise_sim();
TraceFormat declare_vidur();
TraceFormat declare_dated_rows();
TraceFormat declare_servegen();
TraceFormat declare_qwen_bailian();
TraceFormat declare_llm_serving_sim();
TraceFormat declare_applied_compute();
TraceFormat declare_tracelab();
TraceFormat declare_weka();
TraceFormat declare_dynamo();
TraceFormat declare_otel();
TraceFormat declare_vllm_bench();
TraceFormat declare_guidellm();
TraceFormat declare_aiperf();
TraceFormat declare_inference_perf();
TraceFormat declare_engine_log();
TraceFormat declare_litellm();
TraceFormat declare_usage_log();
TraceFormat declare_bedrock();
TraceFormat declare_envoy();
TraceFormat declare_mooncake_linked();
TraceFormat declare_mooncake();
TraceFormat declare_own_csv();
TraceFormat declare_hdf5();

const std::vector<TraceFormat>& trace_formats() {
  static const std::vector<TraceFormat> formats{
      declare_azure_llm(),
      declare_burstgpt(),
      declare_splitwise_sim(),
      declare_vidur(),
      declare_dated_rows(),
      declare_servegen(),
      declare_qwen_bailian(),
      declare_llm_serving_sim(),
      declare_applied_compute(),
      declare_tracelab(),
      declare_weka(),
      declare_dynamo(),
      declare_otel(),
      declare_vllm_bench(),
      declare_guidellm(),
      declare_aiperf(),
      declare_inference_perf(),
      declare_engine_log(),
      declare_litellm(),
      declare_usage_log(),
      declare_bedrock(),
      declare_envoy(),
      declare_mooncake_linked(),
      declare_mooncake(),
      declare_own_csv(),
      declare_hdf5(),
  };
  return formats;
}

const std::vector<std::string>& trace_format_names() {
  static const std::vector<std::string> names = []() {
    std::vector<std::string> all;
    for (const TraceFormat& format : trace_formats()) {
      all.push_back(format.name);
    }
    return all;
  }();
  return names;
}

const TraceFormat& trace_format(std::string_view name) {
  const std::vector<TraceFormat>& all = trace_formats();
  const auto found = std::find_if(all.begin(), all.end(), [&](const TraceFormat& one) { return one.name == name; });
  if (found == all.end()) {
    throw Error(fmt::format("there is no trace format `{}`", name));
  }
  return *found;
}

const TraceFormat& recognise_format(const std::string& path) {
  const TraceHead head(path);
  for (const TraceFormat& format : trace_formats()) {
    if (format.recognises(head)) {
      return format;
    }
  }
  if (const std::string why = why_no_trace(head); !why.empty()) {
    throw InputError(path + ":1:1: no trace: the file " + why);
  }
  if (head.is_json()) {
    throw InputError(fmt::format(
        "{}:1:1: no known trace is JSON that begins like {} (expected JSON lines or a list that workloads/FORMATS.md "
        "has, or `columns` to say which key is the arrival, which the prompt tokens, which the output tokens)",
        path, quoted(head.first_line())));
  }
  const std::string problem =
      head.text().empty() ? "the file is empty" : "no known trace begins like " + quoted(head.first_line());
  throw InputError(fmt::format(
      "{}:1:1: {} (expected a trace that workloads/FORMATS.md has, or `columns` to say which column is what)", path,
      problem));
}

}  // namespace idlewatt
