// Autoscalers of a scenario as manifests. What is read of them is scenario/manifest/hpa.cpp and keda.cpp.
#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "manifests/export_fleet.hpp"
#include "manifests/yaml_writer.hpp"
#include "policy/autoscale/metrics.hpp"
#include "policy/autoscale/scaling_setup.hpp"
#include "policy/table.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// How monitoring calls a metric of the parameter `metric`, and the query that a trigger of KEDA asks.
struct MetricOut {
  Metric metric;
  std::string_view name;
  std::string_view query;
  std::string_view note;
};

constexpr std::array<MetricOut, 5> kMetrics{{
    {Metric::ongoing, "inflight_requests", "sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting)",
     "an adapter's rule gives inflight_requests: vllm:num_requests_running + vllm:num_requests_waiting of a pod"},
    {Metric::queue, "vllm:num_requests_waiting", "sum(vllm:num_requests_waiting)", ""},
    {Metric::running, "vllm:num_requests_running", "sum(vllm:num_requests_running)", ""},
    {Metric::utilisation, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "sum(DCGM_FI_PROF_GR_ENGINE_ACTIVE)", ""},
    {Metric::rate, "http_requests_per_second", "sum(rate(http_requests_total[1m]))", ""},
}};

const MetricOut& metric_of(const Pool& pool) {
  const auto metric = static_cast<Metric>(pool.autoscaling.parameters.get_int("metric"));
  const auto found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const MetricOut& m) { return m.metric == metric; });
  if (found == kMetrics.end()) {
    throw InputError("pool `" + pool.name + "`: the metric `" + std::string(metric_info(metric).name) +
                     "` has no name that monitoring of every engine knows; expected ongoing, queue, running, "
                     "utilisation or rate");
  }
  return *found;
}

void write_limits(const Parameters& p, const char* direction, YamlWriter& out, int indent) {
  const std::string d(direction);
  out.line(std::string(static_cast<std::size_t>(indent), ' ') + (d == "up" ? "scaleUp:" : "scaleDown:"));
  out.entry(indent + 2, "stabilizationWindowSeconds", number_text(p.get(d + "_stabilization")));
  constexpr std::array<const char*, 3> kSelect{"Max", "Min", "Disabled"};
  out.entry(indent + 2, "selectPolicy", kSelect[static_cast<std::size_t>(p.get_int(d + "_select"))]);
  out.entry(indent + 2, "policies", "");
  const double period = p.get(d + "_period");
  const double percent_period = p.get(d + "_percent_period") > 0.0 ? p.get(d + "_percent_period") : period;
  const std::string space(static_cast<std::size_t>(indent) + 4, ' ');
  if (p.get(d + "_pods") > 0.0) {
    out.line(space + "- {type: Pods, value: " + number_text(p.get(d + "_pods")) +
             ", periodSeconds: " + number_text(period) + "}");
  }
  if (p.get(d + "_percent") > 0.0) {
    out.line(space + "- {type: Percent, value: " + number_text(p.get(d + "_percent")) +
             ", periodSeconds: " + number_text(percent_period) + "}");
  }
}

/// Whether the rule with a `behavior` holds, as hpa_parameters.cpp has it.
bool has_behavior(const Pool& pool, const PolicyInfo& info) {
  const Parameters& p = pool.autoscaling.parameters;
  const int said = p.get_int("behavior");
  if (said != 0) {
    return said == 1;
  }
  return std::any_of(info.parameters.begin(), info.parameters.end(), [&](const ParameterSpec& spec) {
    const bool of_behavior = spec.name.starts_with("up_") || spec.name.starts_with("down_");
    return of_behavior && p.get(spec.name) != spec.default_value;
  });
}

void write_head(const std::string& version, const std::string& kind, const Pool& pool, YamlWriter& out) {
  out.line("---");
  out.entry(0, "apiVersion", version);
  out.entry(0, "kind", kind);
  out.entry(0, "metadata", "{name: " + scalar_text(object_name(pool)) + "}");
  out.entry(0, "spec", "");
}

const PolicyInfo& info_of(const Pool& pool) {
  const PolicyFamily& family = family_of<AutoscaleFamily>();
  return *std::find_if(family.policies.begin(), family.policies.end(),
                       [&](const PolicyInfo& info) { return info.name == pool.autoscaling.name; });
}

void require_plain(const Pool& pool, double tolerance, double sync_s) {
  const Parameters& p = pool.autoscaling.parameters;
  if (p.get("tolerance") != tolerance || p.get("sync_period") != sync_s) {
    throw InputError(
        "pool `" + pool.name +
        "`: `tolerance` and `sync_period` are flags of Kubernetes' controller manager, for all autoscalers "
        "at once; expected their defaults, 0.1 and 15 s");
  }
}

std::string horizontal(const Pool& pool) {
  const Parameters& p = pool.autoscaling.parameters;
  YamlWriter out;
  const MetricOut& metric = metric_of(pool);
  require_plain(pool, 0.1, 15.0);
  write_head("autoscaling/v2", "HorizontalPodAutoscaler", pool, out);
  out.entry(2, "scaleTargetRef",
            "{apiVersion: apps/v1, kind: Deployment, name: " + scalar_text(object_name(pool)) + "}");
  out.entry(2, "minReplicas", std::to_string(pool.replicas.minimum),
            pool.replicas.minimum == 0 ? "needs Kubernetes' feature gate HPAScaleToZero" : "");
  out.entry(2, "maxReplicas", std::to_string(pool.replicas.maximum));
  out.entry(2, "metrics", "", std::string(metric.note));
  const int type = p.get_int("target_type");  // by-metric, pods, average, value
  const bool pods = type == 1 || (type == 0 && metric.metric != Metric::queue);
  const std::string target = scalar_text(number_text(p.get("target")));
  if (pods) {
    out.line("    - type: Pods");
    out.line("      pods:");
    out.line("        metric: {name: " + scalar_text(std::string(metric.name)) + "}");
    out.line("        target: {type: AverageValue, averageValue: " + target + "}");
  } else {
    out.line("    - type: External");
    out.line("      external:");
    out.line("        metric: {name: " + scalar_text(std::string(metric.name)) + "}");
    out.line(type == 3 ? "        target: {type: Value, value: " + target + "}"
                       : "        target: {type: AverageValue, averageValue: " + target + "}");
  }
  if (has_behavior(pool, info_of(pool))) {
    out.entry(2, "behavior", "");
    write_limits(p, "up", out, 4);
    write_limits(p, "down", out, 4);
  }
  return out.text();
}

std::string scaled_object(const Pool& pool) {
  const Parameters& p = pool.autoscaling.parameters;
  YamlWriter out;
  const MetricOut& metric = metric_of(pool);
  require_plain(pool, 0.1, 15.0);
  if (p.get("active_min") != 1.0) {
    throw InputError("pool `" + pool.name + "`: `active_min` of KEDA's policy cannot be exported; expected 1");
  }
  write_head("keda.sh/v1alpha1", "ScaledObject", pool, out);
  out.entry(2, "scaleTargetRef", "{name: " + scalar_text(object_name(pool)) + "}");
  out.entry(2, "minReplicaCount", std::to_string(pool.replicas.minimum));
  out.entry(2, "maxReplicaCount", std::to_string(pool.replicas.maximum));
  out.entry(2, "pollingInterval", number_text(p.get("polling_interval")));
  out.entry(2, "cooldownPeriod", number_text(p.get("cooldown")));
  if (p.get("initial_cooldown") > 0.0) {
    out.entry(2, "initialCooldownPeriod", number_text(p.get("initial_cooldown")));
  }
  out.line("  triggers:");
  out.line("    - type: prometheus");
  out.line("      metadata:");
  out.entry(8, "serverAddress", "http://prometheus.monitoring:9090", "where your Prometheus is");
  out.entry(8, "query", scalar_text(std::string(metric.query)), "add the labels that select this pool");
  out.entry(8, "threshold", "\"" + number_text(p.get("target")) + "\"");
  out.entry(8, "activationThreshold", "\"" + number_text(p.get("activation_threshold")) + "\"");
  if (has_behavior(pool, info_of(pool))) {
    out.line("  advanced:");
    out.line("    horizontalPodAutoscalerConfig:");
    out.entry(6, "behavior", "");
    write_limits(p, "up", out, 8);
    write_limits(p, "down", out, 8);
  }
  return out.text();
}

}  // namespace

std::string scaler_manifest(const Pool& pool) {
  const std::string& policy = pool.autoscaling.name;
  if (policy == "static") {
    return "";
  }
  if (pool.autoscaling.parameters.setup() != nullptr) {
    throw InputError("pool `" + pool.name +
                     "`: its autoscaler is read from a manifest, which can be applied as it is; expected "
                     "`autoscaling: {policy: static}` beside it for the rest (--set pools." +
                     pool.name + ".autoscaling='{policy: static}')");
  }
  if (policy == "hpa") {
    return horizontal(pool);
  }
  if (policy == "keda") {
    return scaled_object(pool);
  }
  throw InputError("pool `" + pool.name + "`: the autoscaler `" + policy +
                   "` cannot be exported; expected static, hpa or keda (--set pools." + pool.name +
                   ".autoscaling='{policy: hpa, metric: ongoing, target: 16}')");
}

}  // namespace idlewatt
