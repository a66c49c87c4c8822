#include "policy/autoscale/metrics.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/core.h>
#include <utility>

namespace idlewatt {
namespace {

const PoolCounters& counters(const AutoscaleView& view) {
  static const PoolCounters kNothing;
  return view.counters == nullptr ? kNothing : *view.counters;
}

double replica_ongoing(const ReplicaSample& r) {
  return static_cast<double>(r.running + r.waiting);
}
double replica_waiting(const ReplicaSample& r) {
  return static_cast<double>(r.waiting);
}
double replica_running(const ReplicaSample& r) {
  return static_cast<double>(r.running);
}
double replica_busy(const ReplicaSample& r) {
  return r.busy_share;
}
double replica_kv_usage(const ReplicaSample& r) {
  return r.kv_usage;
}
double ready_kv_usage(const AutoscaleView& v) {
  double sum = 0.0;
  for (const ReplicaSample& replica : v.replicas) {
    sum += replica.kv_usage;
  }
  return sum;
}
double replica_output_tokens(const ReplicaSample& r) {
  return static_cast<double>(r.output_tokens);
}
double replica_prompt_tokens(const ReplicaSample& r) {
  return static_cast<double>(r.prompt_tokens);
}
double unrouted(const AutoscaleView& v) {
  return static_cast<double>(v.unrouted);
}
double arrivals(const AutoscaleView& v) {
  return static_cast<double>(counters(v).arrivals);
}
double served(const AutoscaleView& v) {
  return static_cast<double>(counters(v).served);
}
const LatencyCounts* ttft(const AutoscaleView& v) {
  return &counters(v).ttft;
}
const LatencyCounts* tpot(const AutoscaleView& v) {
  return &counters(v).tpot;
}
const LatencyCounts* e2e(const AutoscaleView& v) {
  return &counters(v).e2e;
}
double ready_ongoing(const AutoscaleView& v) {
  return static_cast<double>(v.ongoing);
}
double pool_outstanding(const AutoscaleView& v) {
  return static_cast<double>(v.outstanding);
}
double pool_queued(const AutoscaleView& v) {
  return static_cast<double>(v.queued);
}
double pool_running(const AutoscaleView& v) {
  return static_cast<double>(v.running);
}
double busy_replicas(const AutoscaleView& v) {
  return v.busy_replicas;
}
double output_tokens_per_s(const AutoscaleView& v) {
  return v.output_tokens_per_s;
}
double arrivals_per_s(const AutoscaleView& v) {
  return v.arrivals_per_s;
}

/// In small letters, with one kind of separator, without what Google's adapter puts around a name.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    plain += std::isalnum(byte) != 0 ? static_cast<char>(std::tolower(byte)) : '_';
  }
  for (const std::string_view prefix : {"prometheus_googleapis_com_", "external_", "custom_"}) {
    if (plain.rfind(prefix, 0) == 0) {
      plain.erase(0, prefix.size());
    }
  }
  if (name.find('|') != std::string_view::npos) {
    for (const std::string_view suffix : {"_gauge", "_counter", "_unknown"}) {
      if (plain.size() > suffix.size() && plain.compare(plain.size() - suffix.size(), suffix.size(), suffix) == 0) {
        plain.erase(plain.size() - suffix.size());
      }
    }
  }
  return plain;
}

bool contains(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

void add_latency(std::vector<MetricAlias>& aliases, std::string_view bucket, std::string_view sum,
                 std::string_view count, Metric metric) {
  aliases.push_back({bucket, metric, MetricPart::bucket});
  aliases.push_back({sum, metric, MetricPart::sum});
  aliases.push_back({count, metric, MetricPart::count});
}

std::vector<MetricAlias> make_aliases() {
  using enum Metric;
  constexpr MetricPart kRate = MetricPart::per_second;
  std::vector<MetricAlias> aliases{
      // vLLM
      {"vllm_num_requests_running", running},
      {"vllm_num_requests_waiting", queue},
      {"vllm_kv_cache_usage_perc", kv_usage},  // 1 is all of it, whatever its name says
      {"vllm_gpu_cache_usage_perc", kv_usage},
      {"vllm_request_success_total", served},
      {"vllm_prompt_tokens_total", prompt_tokens},
      {"vllm_generation_tokens_total", tokens},
      {"vllm_avg_generation_throughput_toks_per_s", tokens, kRate},
      {"vllm_avg_prompt_throughput_toks_per_s", prompt_tokens, kRate},
      // SGLang
      {"sglang_num_running_reqs", running},
      {"sglang_num_queue_reqs", queue},
      {"sglang_token_usage", kv_usage},
      {"sglang_num_requests_total", served},
      {"sglang_prompt_tokens_total", prompt_tokens},
      {"sglang_generation_tokens_total", tokens},
      {"sglang_gen_throughput", tokens, kRate},
      // Text Generation Inference
      {"tgi_batch_current_size", running},
      {"tgi_queue_size", queue},
      {"tgi_request_count", rate},
      {"tgi_request_success", served},
      // Triton, and its TensorRT-LLM backend
      {"nv_inference_pending_request_count", queue},
      {"nv_inference_request_success", served},
      {"nv_inference_count", served},
      {"nv_gpu_utilization", utilisation},
      {"nv_trt_llm_request_metrics", queue, MetricPart::value, 1.0, "request_type=waiting"},
      {"nv_trt_llm_request_metrics", running, MetricPart::value, 1.0, "request_type=scheduled"},
      {"nv_trt_llm_request_metrics", ongoing, MetricPart::value, 1.0, "request_type=active"},
      // trtllm-serve
      {"trtllm_num_requests_running", running},
      {"trtllm_num_requests_waiting", queue},
      {"trtllm_request_success_total", served},
      // Dynamo's frontend, now and before it was renamed
      {"dynamo_frontend_queued_requests", queue},
      {"dynamo_frontend_inflight_requests", ongoing},
      {"dynamo_frontend_requests_total", served},
      {"nv_llm_http_service_inflight_requests", ongoing},
      {"nv_llm_http_service_requests_total", served},
      // Gateways
      {"istio_requests_total", rate},
      {"envoy_cluster_upstream_rq_total", rate},
      {"envoy_cluster_upstream_rq", rate},
      {"envoy_http_downstream_rq_total", rate},
      {"envoy_cluster_upstream_rq_active", ongoing},
      {"envoy_http_downstream_rq_active", ongoing},
      {"nginx_ingress_controller_requests", rate},
      {"nginx_http_requests_total", rate},
      {"traefik_service_requests_total", rate},
      {"http_requests_total", rate},
      {"http_server_requests_total", rate},
      {"http_server_requests_seconds_count", rate},
      {"inference_model_request_total", rate},
      {"inference_objective_request_total", rate},
      // NVIDIA's DCGM exporter, in percent or as a share
      {"dcgm_fi_dev_gpu_util", utilisation, MetricPart::value, 100.0},
      {"dcgm_fi_prof_gr_engine_active", utilisation},
  };
  add_latency(aliases, "vllm_time_to_first_token_seconds_bucket", "vllm_time_to_first_token_seconds_sum",
              "vllm_time_to_first_token_seconds_count", ttft);
  add_latency(aliases, "vllm_time_per_output_token_seconds_bucket", "vllm_time_per_output_token_seconds_sum",
              "vllm_time_per_output_token_seconds_count", tpot);
  add_latency(aliases, "vllm_request_time_per_output_token_seconds_bucket",
              "vllm_request_time_per_output_token_seconds_sum", "vllm_request_time_per_output_token_seconds_count",
              tpot);
  add_latency(aliases, "vllm_inter_token_latency_seconds_bucket", "vllm_inter_token_latency_seconds_sum",
              "vllm_inter_token_latency_seconds_count", tpot);
  add_latency(aliases, "vllm_e2e_request_latency_seconds_bucket", "vllm_e2e_request_latency_seconds_sum",
              "vllm_e2e_request_latency_seconds_count", e2e);
  add_latency(aliases, "sglang_time_to_first_token_seconds_bucket", "sglang_time_to_first_token_seconds_sum",
              "sglang_time_to_first_token_seconds_count", ttft);
  add_latency(aliases, "sglang_inter_token_latency_seconds_bucket", "sglang_inter_token_latency_seconds_sum",
              "sglang_inter_token_latency_seconds_count", tpot);
  add_latency(aliases, "sglang_time_per_output_token_seconds_bucket", "sglang_time_per_output_token_seconds_sum",
              "sglang_time_per_output_token_seconds_count", tpot);
  add_latency(aliases, "sglang_e2e_request_latency_seconds_bucket", "sglang_e2e_request_latency_seconds_sum",
              "sglang_e2e_request_latency_seconds_count", e2e);
  add_latency(aliases, "tgi_request_duration_bucket", "tgi_request_duration_sum", "tgi_request_duration_count", e2e);
  add_latency(aliases, "tgi_request_mean_time_per_token_duration_bucket",
              "tgi_request_mean_time_per_token_duration_sum", "tgi_request_mean_time_per_token_duration_count", tpot);
  add_latency(aliases, "trtllm_time_to_first_token_seconds_bucket", "trtllm_time_to_first_token_seconds_sum",
              "trtllm_time_to_first_token_seconds_count", ttft);
  add_latency(aliases, "trtllm_e2e_request_latency_seconds_bucket", "trtllm_e2e_request_latency_seconds_sum",
              "trtllm_e2e_request_latency_seconds_count", e2e);
  add_latency(aliases, "dynamo_frontend_time_to_first_token_seconds_bucket",
              "dynamo_frontend_time_to_first_token_seconds_sum", "dynamo_frontend_time_to_first_token_seconds_count",
              ttft);
  add_latency(aliases, "dynamo_frontend_inter_token_latency_seconds_bucket",
              "dynamo_frontend_inter_token_latency_seconds_sum", "dynamo_frontend_inter_token_latency_seconds_count",
              tpot);
  add_latency(aliases, "dynamo_frontend_request_duration_seconds_bucket",
              "dynamo_frontend_request_duration_seconds_sum", "dynamo_frontend_request_duration_seconds_count", e2e);
  return aliases;
}

}  // namespace

const std::vector<MetricInfo>& metric_table() {
  using enum MetricType;
  static const std::vector<MetricInfo> kTable{
      {.metric = Metric::ongoing,
       .name = "ongoing",
       .unit = "requests",
       .help = "requests it has, waiting or running",
       .of_replica = replica_ongoing,
       .of_pool = unrouted,
       .over_ready = ready_ongoing,
       .over_pool = pool_outstanding},
      {.metric = Metric::queue,
       .name = "queue",
       .unit = "requests",
       .help = "waiting ones",
       .of_replica = replica_waiting,
       .of_pool = unrouted,
       .over_ready = pool_queued,
       .over_pool = pool_queued},
      {.metric = Metric::utilisation,
       .name = "utilisation",
       .unit = "",
       .help = "busy share",
       .of_replica = replica_busy,
       .over_ready = busy_replicas,
       .over_pool = busy_replicas},
      {.metric = Metric::tokens,
       .name = "tokens",
       .unit = "tokens",
       .help = "output tokens/s",
       .type = counter,
       .of_replica = replica_output_tokens,
       .over_ready = output_tokens_per_s,
       .over_pool = output_tokens_per_s},
      {.metric = Metric::running,
       .name = "running",
       .unit = "requests",
       .help = "running ones",
       .of_replica = replica_running,
       .over_ready = pool_running,
       .over_pool = pool_running},
      {.metric = Metric::rate,
       .name = "rate",
       .unit = "requests",
       .help = "arrivals/s",
       .type = counter,
       .of_pool = arrivals,
       .over_ready = arrivals_per_s,
       .over_pool = arrivals_per_s},
      {.metric = Metric::kv_usage,
       .name = "kv_usage",
       .unit = "",
       .help = "share of KV blocks in use",
       .of_replica = replica_kv_usage,
       .over_ready = ready_kv_usage,
       .over_pool = ready_kv_usage},
      {.metric = Metric::served,
       .name = "served",
       .unit = "requests",
       .help = "requests answered",
       .type = counter,
       .of_pool = served},
      {.metric = Metric::prompt_tokens,
       .name = "prompt tokens",
       .unit = "tokens",
       .help = "prompt tokens computed",
       .type = counter,
       .of_replica = replica_prompt_tokens},
      {.metric = Metric::ttft,
       .name = "TTFT",
       .unit = "s",
       .help = "time to first token",
       .type = latency,
       .latencies = ttft},
      {.metric = Metric::tpot,
       .name = "TPOT",
       .unit = "s",
       .help = "time per output token after the first",
       .type = latency,
       .latencies = tpot},
      {.metric = Metric::e2e,
       .name = "latency",
       .unit = "s",
       .help = "time from arrival to last token",
       .type = latency,
       .latencies = e2e},
  };
  return kTable;
}

const MetricInfo& metric_info(Metric metric) {
  return metric_table()[static_cast<std::size_t>(metric)];
}

const std::vector<MetricAlias>& metric_aliases() {
  static const std::vector<MetricAlias> kAliases = make_aliases();
  return kAliases;
}

std::optional<MetricAlias> find_metric(std::string_view name, const std::vector<std::string>& labels) {
  const std::string plain = plain_name(name);
  for (const MetricAlias& alias : metric_aliases()) {
    if (alias.name == plain &&
        (alias.label.empty() || std::find(labels.begin(), labels.end(), alias.label) != labels.end())) {
      return alias;
    }
  }
  return std::nullopt;
}

std::optional<MetricAlias> guess_metric(std::string_view name) {
  const std::string plain = plain_name(name);
  constexpr MetricPart kValue = MetricPart::value;
  if (contains(plain, {"_seconds", "latency", "duration", "age", "error", "fail", "cpu", "memory", "replicas"})) {
    return std::nullopt;
  }
  if (contains(plain, {"gpu_util", "gpu_duty_cycle", "accelerator_duty_cycle"})) {
    return MetricAlias{"", Metric::utilisation, kValue, 100.0};
  }
  if (contains(plain, {"tokens_per_second", "toks_per_s", "tokens_per_s"})) {
    return MetricAlias{"", Metric::tokens, MetricPart::per_second};
  }
  if (contains(plain, {"requests_per_second", "request_rate", "http_requests", "requests_per_s"}) ||
      contains(fmt::format("_{}_", plain), {"_rps_", "_qps_"})) {
    return MetricAlias{"", Metric::rate, MetricPart::per_second};
  }
  if (contains(plain, {"inflight", "in_flight", "concurrency", "ongoing", "outstanding", "active_requests"})) {
    return MetricAlias{"", Metric::ongoing, kValue};
  }
  if (contains(plain, {"waiting", "queue", "pending"})) {
    return MetricAlias{"", Metric::queue, kValue};
  }
  if (contains(plain, {"requests_running", "running_req", "batch_current_size"})) {
    return MetricAlias{"", Metric::running, kValue};
  }
  return std::nullopt;
}

std::string_view unsimulated_metric(std::string_view name) {
  const std::string plain = plain_name(name);
  if (contains(plain, {"cache_usage", "kv_cache", "token_usage", "cache_utilization", "kv_block"})) {
    return "the share of the KV cache in use";
  }
  if (contains(plain, {"prefix_cache", "cache_hit"})) {
    return "the hit rate of the prefix cache";
  }
  if (contains(plain, {"queue_time", "queue_duration", "queue_latency"})) {
    return "the time that requests wait";
  }
  if (contains(plain, {"desired_replicas", "deployment_replicas"})) {
    return "a number that another controller makes";
  }
  if (contains(plain, {"cpu", "memory", "power", "temp", "fb_used", "fb_free", "fb_total"})) {
    return "a meter of the host or the accelerator that no autoscaler sees here";
  }
  return {};
}

std::vector<std::string> metric_choices() {
  std::vector<std::string> choices;
  for (const MetricInfo& info : metric_table()) {
    if (info.over_ready != nullptr) {
      choices.emplace_back(info.name);
    }
  }
  return choices;
}

}  // namespace idlewatt
