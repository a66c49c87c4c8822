// An `autoscaling/v2` HorizontalPodAutoscaler as policy `hpa`. Source: Kubernetes API reference,
// HorizontalPodAutoscalerSpec v2.
#include <optional>

#include "scenario/fields.hpp"
#include "scenario/scaling_manifest.hpp"

namespace idlewatt {
namespace {

/// scaleUp or scaleDown; `prefix` is the one of the policy's parameters.
void read_direction(Manifest& manifest, const YamlNode* rules, const std::string& prefix, ScalingManifest& result) {
  if (const YamlNode* window = manifest.take(rules, "stabilizationWindowSeconds")) {
    result.set(prefix + "_stabilization", manifest_count(*window, "stabilizationWindowSeconds"), *window,
               "stabilizationWindowSeconds");
  }
  if (const YamlNode* select = manifest.take(rules, "selectPolicy")) {
    const std::string name = read_name(*select, "select policy", {"Max", "Min", "Disabled"});
    result.set(prefix + "_select", name == "Max" ? 0.0 : name == "Min" ? 1.0 : 2.0, *select, "selectPolicy");
  }
  const std::vector<const YamlNode*> policies = manifest.take_list(rules, "policies");
  if (policies.empty()) {
    return;
  }
  // Policies that are given stand in place of the defaults.
  result.set(prefix + "_pods", 0.0, *policies.front(), "policies");
  result.set(prefix + "_percent", 0.0, *policies.front(), "policies");
  std::vector<std::string> seen;
  for (const YamlNode* policy : policies) {
    const Fields fields(*policy, "a policy of `" + std::string(prefix == "up" ? "scaleUp" : "scaleDown") + "`",
                        {"type", "value", "periodSeconds"});
    const std::string type = fields.name("type", "type of policy", {"Pods", "Percent"});
    for (const std::string& other : seen) {
      if (other == type) {
        fail(policy->place,
             "a second policy of type `" + type + "`; expected one of `Pods` and one of `Percent` at most");
      }
    }
    seen.push_back(type);
    manifest.take_whole(policy, {"type", "value", "periodSeconds"});
    const YamlNode& value = fields.at("value", "a whole number");
    const YamlNode& period = fields.at("periodSeconds", "a whole number of seconds, 1 to 1800");
    const bool pods = type == "Pods";
    result.set(prefix + (pods ? "_pods" : "_percent"), manifest_count(value, "value", 1), value, "value");
    result.set(prefix + (pods ? "_period" : "_percent_period"), manifest_count(period, "periodSeconds", 1), period,
               "periodSeconds");
  }
}

struct MetricSource {
  const YamlNode* name = nullptr;
  const YamlNode* target = nullptr;
};

/// Of a metric that a policy may go by; nothing for what idlewatt does not simulate.
std::optional<MetricSource> source_of(Manifest& manifest, const YamlNode& metric) {
  const YamlNode* type = metric.find("type");
  const std::string kind = type == nullptr ? "" : type->scalar;
  if (kind != "Pods" && kind != "External" && kind != "Object") {
    return std::nullopt;
  }
  manifest.take(&metric, "type");
  const YamlNode* body = manifest.take(&metric, kind == "Pods" ? "pods" : kind == "External" ? "external" : "object");
  const MetricSource source{.name = manifest.take(manifest.take(body, "metric"), "name"),
                            .target = manifest.take(body, "target")};
  if (source.name == nullptr || source.target == nullptr) {
    fail(metric.place, "the metric has no `metric.name` or no `target`; expected both");
  }
  return source;
}

/// The first metric that is known is the policy's.
void read_metrics(Manifest& manifest, const YamlNode* spec, bool metric_chosen, ScalingManifest& result) {
  const YamlNode* list = spec->find("metrics");
  const Place& place = list == nullptr ? spec->place : list->place;
  manifest.take(spec, "metrics");
  if (list != nullptr && !list->is_sequence()) {
    fail(place, "`metrics` is no list; expected one");
  }
  std::string others;
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const YamlNode& metric = list->items[i];
    const std::optional<MetricSource> source = source_of(manifest, metric);
    if (!source) {
      const YamlNode* resource = metric.find("resource");
      const YamlNode* name = resource == nullptr ? nullptr : resource->find("name");
      others += (others.empty() ? "" : ", ") + std::string("`") + (name == nullptr ? "?" : name->scalar) + "`";
      continue;
    }
    const std::optional<double> factor =
        metric_chosen ? 1.0 : set_known_metric(source->name->scalar, *source->name, result);
    if (!factor) {
      others += (others.empty() ? "" : ", ") + std::string("`") + source->name->scalar + "`";
      continue;
    }
    manifest.take_item(metric);
    const YamlNode* type = manifest.take(source->target, "type");
    const YamlNode* value = manifest.take(source->target, "averageValue");
    if (type == nullptr || type->scalar != "AverageValue" || value == nullptr) {
      fail(source->target->place, "the target is no average a pod; expected `{type: AverageValue, averageValue: ...}`");
    }
    result.set("target", read_kubernetes_quantity(*value, "`averageValue`") * *factor, *value, "averageValue");
    return;
  }
  fail(place, "no metric can be simulated" + (others.empty() ? "" : " (" + others + ")") + "; " + expected_metric());
}

}  // namespace

void read_behavior(Manifest& manifest, const YamlNode* behavior, ScalingManifest& result) {
  read_direction(manifest, manifest.take(behavior, "scaleUp"), "up", result);
  read_direction(manifest, manifest.take(behavior, "scaleDown"), "down", result);
}

void read_horizontal_pod_autoscaler(Manifest& manifest, bool metric_chosen, ScalingManifest& result) {
  result.policy = "hpa";
  const YamlNode* spec = manifest.take(&manifest.root(), "spec");
  if (spec == nullptr || !spec->is_map()) {
    fail(manifest.root().place, "the manifest has no `spec`; expected one with `maxReplicas` and `metrics`");
  }
  manifest.take_whole(spec, {"scaleTargetRef"});  // the pool is what it scales
  result.minimum = {.count = 1, .place = spec->place, .label = "minReplicas"};
  if (const YamlNode* minimum = manifest.take(spec, "minReplicas")) {
    result.minimum = {manifest_count(*minimum, "minReplicas"), minimum->place, "minReplicas"};
  }
  const YamlNode* maximum = manifest.take(spec, "maxReplicas");
  if (maximum == nullptr) {
    fail(spec->place, "key `maxReplicas` is missing in `spec`; expected a whole number");
  }
  result.maximum = {manifest_count(*maximum, "maxReplicas", 1), maximum->place, "maxReplicas"};
  read_metrics(manifest, spec, metric_chosen, result);
  read_behavior(manifest, manifest.take(spec, "behavior"), result);
}

}  // namespace idlewatt
