// The metrics that autoscalers of real clusters go by: one table of what they are, how each is read from an
// AutoscaleView, and what monitoring calls it. A new metric is its row in metrics.cpp, its name in `Metric` and, where
// the view does not have it yet, its field there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/autoscale/autoscale.hpp"

namespace idlewatt {

/// In the table's order. The first seven are choices of the parameter `metric` of policies hpa and keda.
enum class Metric : std::uint8_t {
  ongoing,
  queue,
  utilisation,
  tokens,
  running,
  rate,
  kv_usage,
  served,
  prompt_tokens,
  ttft,
  tpot,
  e2e,
};

/// The type of a metric in Prometheus.
enum class MetricType : std::uint8_t {
  gauge,    ///< a value now
  counter,  ///< grows; a query asks for its rate
  latency,  ///< counts in buckets, a sum, a count
};

/// A row of the table of metrics.
struct MetricInfo {
  Metric metric = Metric::ongoing;
  std::string_view name;
  std::string_view unit;
  std::string_view help;
  MetricType type = MetricType::gauge;
  /// The value that one ready replica reports; null for a metric of the pool alone, which is one series.
  double (*of_replica)(const ReplicaSample&) = nullptr;
  /// The value of the pool outside its ready replicas, which is one more series where it is not 0; null: none.
  double (*of_pool)(const AutoscaleView&) = nullptr;
  /// For a latency: its counts; null when the view has none.
  const LatencyCounts* (*latencies)(const AutoscaleView&) = nullptr;
  /// The value that the parameter `metric` uses: over the ready replicas, and over the whole pool; null for a metric
  /// that is no choice.
  double (*over_ready)(const AutoscaleView&) = nullptr;
  double (*over_pool)(const AutoscaleView&) = nullptr;
};

const std::vector<MetricInfo>& metric_table();
const MetricInfo& metric_info(Metric metric);

/// The part of a metric that a name in some monitoring system means.
enum class MetricPart : std::uint8_t {
  value,       ///< the gauge, the counter
  per_second,  ///< the rate of a counter since the last look, which some engine exports as a gauge
  bucket,      ///< counts of a latency by upper edge
  sum,
  count,
};

/// A metric as a monitoring system exports it: `value = factor x the value in idlewatt`.
struct MetricAlias {
  std::string_view name;  ///< name in small letters, with `_` for `:`, `.`, `/` and `|`
  Metric metric = Metric::ongoing;
  MetricPart part = MetricPart::value;
  double factor = 1.0;
  /// For a name whose meaning depends on a label: the `key=value` of the label for this meaning; otherwise empty.
  std::string_view label = {};
};

/// The names that vLLM, SGLang, TGI, Triton, TensorRT-LLM, Dynamo, Istio, Envoy, nginx and DCGM export.
const std::vector<MetricAlias>& metric_aliases();

/// The alias of an exact name, without regard to capitals and separators. `labels` are the labels that a selector asks
/// for, as `key=value`. A prefix `prometheus.googleapis.com|` and a suffix `|gauge` are ignored. Nothing for an unknown
/// name.
std::optional<MetricAlias> find_metric(std::string_view name, const std::vector<std::string>& labels = {});

/// The alias that the words of a name suggest ("queue_depth_total", "pool_requests_per_second"), for names that
/// find_metric() does not know. The configuration of adapters decides about such names.
std::optional<MetricAlias> guess_metric(std::string_view name);

/// The meaning of a known name that is not simulated ("the share of the KV cache in use"); empty for any other name.
std::string_view unsimulated_metric(std::string_view name);

/// The choices of the parameter `metric`, in the table's order.
std::vector<std::string> metric_choices();

}  // namespace idlewatt
