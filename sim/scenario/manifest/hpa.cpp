// A HorizontalPodAutoscaler of `autoscaling/v2` as policy `hpa`. Source: Kubernetes API reference,
// HorizontalPodAutoscalerSpec v2, and kubernetes/kubernetes, pkg/controller/podautoscaler/horizontal.go (which target
// counts) and pkg/apis/autoscaling/validation.
#include <algorithm>
#include <fmt/core.h>
#include <optional>

#include "scenario/manifest/metrics.hpp"
#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

const KeyTable& scaling_policy_keys() {
  static const KeyTable table{
      "Policies of a HorizontalPodAutoscaler",
      "How many replicas may come or go within a period.",
      "{type: Pods, value: 4, periodSeconds: 60}",
      {{.name = "type",
        .form = word_form("type of policy", {"Pods", "Percent"}),
        .must = true,
        .help = "whether `value` counts replicas or is their share"},
       {.name = "value", .form = open_form("a whole number"), .must = true, .help = "replicas, or percent of them"},
       {.name = "periodSeconds",
        .form = open_form("a whole number of seconds, 1 to 1800"),
        .must = true,
        .help = "seconds in which so many may come or go"}}};
  return table;
}

/// One policy of a direction. The first of each type goes into the policy's parameters, which may be changed beside the
/// manifest; others of the same type stand in the setup.
void read_policy_of(Manifest& manifest, const YamlNode& policy, const std::string& prefix,
                    std::vector<std::string>& seen, ScalingManifest& result) {
  const Section fields(policy, prefix == "up" ? "a policy of `scaleUp`" : "a policy of `scaleDown`",
                       scaling_policy_keys());
  const std::string type = fields.word("type");
  manifest.take_whole(&policy, scaling_policy_keys().names());
  const YamlNode& value_node = fields.at("value");
  const YamlNode& period_node = fields.at("periodSeconds");
  const std::int32_t value = manifest_count(value_node, "value", 1);
  const std::int32_t period = manifest_count(period_node, "periodSeconds", 1);
  const bool pods = type == "Pods";
  if (std::find(seen.begin(), seen.end(), type) == seen.end()) {
    seen.push_back(type);
    result.set(prefix + (pods ? "_pods" : "_percent"), value, value_node, "value");
    result.set(prefix + (pods ? "_period" : "_percent_period"), period, period_node, "periodSeconds");
    return;
  }
  constexpr std::int32_t kLongest = 1800;
  if (period > kLongest) {
    fail(period_node.place, fmt::format("`periodSeconds`: `{} s` is out of range; expected 1 s to 1800 s", period));
  }
  auto& more = prefix == "up" ? result.setup->more_up : result.setup->more_down;
  more.push_back({pods ? HpaScalingPolicy::Type::pods : HpaScalingPolicy::Type::percent, static_cast<double>(value),
                  period * kTicksPerSecond});
}

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
  if (const YamlNode* tolerance = manifest.take(rules, "tolerance")) {
    auto& own = prefix == "up" ? result.setup->up_tolerance : result.setup->down_tolerance;
    own = read_kubernetes_quantity(*tolerance, "`tolerance`");
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
    read_policy_of(manifest, *policy, prefix, seen, result);
  }
}

/// The labels that a metric's selector asks for, as `key=value`.
std::vector<std::string> selector_labels(Manifest& manifest, const YamlNode* metric) {
  std::vector<std::string> labels;
  const YamlNode* selector = manifest.take(metric, "selector");
  const YamlNode* match = selector == nullptr ? nullptr : manifest.take(selector, "matchLabels");
  if (match != nullptr && match->is_map()) {
    for (const YamlEntry& entry : match->entries) {
      manifest.take(match, entry.key);
      labels.push_back(entry.key + "=" + entry.value.scalar);
    }
  }
  return labels;
}

/// Which key of the target the controller goes by, whatever its `type` says: External and Pods by which is set.
HpaMetricSource::Kind target_kind(const std::string& type, const YamlNode& target, const YamlNode* average,
                                  const YamlNode* value) {
  if (type == "Pods") {
    if (average == nullptr) {
      fail(target.place, "the target of a metric of type `Pods` has no `averageValue`; expected one");
    }
    return HpaMetricSource::Kind::pods;
  }
  const YamlNode* named = target.find("type");
  const std::string name = named == nullptr ? "" : named->scalar;
  if (type == "Object" && ((name == "Value" && value == nullptr) || (name == "AverageValue" && average == nullptr))) {
    fail(target.place,
         fmt::format("the target's `type` is `{}`, and its key is another one; expected both the same", name));
  }
  if (average == nullptr && value == nullptr) {
    fail(target.place, "the target has no `averageValue` and no `value`; expected one of them");
  }
  const bool by_average = type == "Object" && !name.empty() ? name == "AverageValue" : average != nullptr;
  return by_average ? HpaMetricSource::Kind::average : HpaMetricSource::Kind::value;
}

void read_metric(Manifest& manifest, const YamlNode& metric, const BesideManifest& beside, ScalingManifest& result) {
  const YamlNode* type_node = manifest.take(&metric, "type");
  if (type_node == nullptr) {
    fail(metric.place, "the metric has no `type`; expected one of `Pods`, `External`, `Object`");
  }
  const std::string type = type_node->scalar;
  if (type == "Resource" || type == "ContainerResource") {
    const YamlNode* body = metric.find(type == "Resource" ? "resource" : "containerResource");
    const YamlNode* name = body == nullptr || !body->is_map() ? nullptr : body->find("name");
    fail(type_node->place, fmt::format("the resource `{}` of the pods is not simulated; expected a metric of type "
                                       "`Pods`, `External` or `Object`, such as `vllm:num_requests_running`",
                                       name == nullptr ? "?" : name->scalar));
  }
  if (type != "Pods" && type != "External" && type != "Object") {
    fail(type_node->place,
         fmt::format("unknown type of metric `{}`{}", type,
                     expected_names(type, {"Pods", "External", "Object", "Resource", "ContainerResource"})));
  }
  const YamlNode* body = manifest.take(&metric, type == "Pods" ? "pods" : type == "External" ? "external" : "object");
  if (type == "Object") {
    manifest.take_whole(body, {"describedObject"});  // the pool's own, or its gateway's
  }
  const YamlNode* id = manifest.take(body, "metric");
  const YamlNode* name = manifest.take(id, "name");
  const YamlNode* target = manifest.take(body, "target");
  if (name == nullptr || target == nullptr || !target->is_map()) {
    fail(metric.place, "the metric has no `metric.name` or no `target`; expected both");
  }
  const std::vector<std::string> labels = selector_labels(manifest, id);
  manifest.take(target, "type");
  const YamlNode* average = manifest.take(target, "averageValue");
  const YamlNode* value = manifest.take(target, "value");
  HpaMetricSource source;
  source.kind = target_kind(type, *target, average, value);
  const bool by_value = source.kind == HpaMetricSource::Kind::value;
  const YamlNode& number = by_value ? *value : *average;
  const std::string label = by_value ? "value" : "averageValue";
  source.target = checked_target(read_kubernetes_quantity(number, fmt::format("`{}`", label)), number, label);
  source.signal = beside.metric ? chosen_signal(*beside.metric) : named_metric(*name, labels, result);
  if (beside.target) {
    source.target = *beside.target;
  }
  result.setup->metrics.push_back(std::move(source));
}

void read_metrics(Manifest& manifest, const YamlNode* spec, const BesideManifest& beside, ScalingManifest& result) {
  const std::vector<const YamlNode*> metrics = manifest.take_list(spec, "metrics");
  if (metrics.empty()) {
    fail(spec->place,
         "no `metrics`: Kubernetes then goes by the CPU, which is not simulated; expected metrics of type `Pods`, "
         "`External` or `Object`");
  }
  if (metrics.size() > 1 && (beside.metric || beside.target)) {
    fail(beside.place, fmt::format("`metric` or `target` stands beside a manifest of {} metrics; expected a manifest "
                                   "of one metric, or no `metric` and `target`",
                                   metrics.size()));
  }
  for (const YamlNode* metric : metrics) {
    read_metric(manifest, *metric, beside, result);
  }
}

}  // namespace

void read_behavior(Manifest& manifest, const YamlNode* behavior, ScalingManifest& result) {
  if (behavior == nullptr || behavior->is_null()) {
    constexpr double kNoBehavior = 2.0;
    result.values.push_back({"behavior", kNoBehavior, {}, "behavior"});
    return;
  }
  result.set("behavior", 1.0, *behavior, "behavior");
  read_direction(manifest, manifest.take(behavior, "scaleUp"), "up", result);
  read_direction(manifest, manifest.take(behavior, "scaleDown"), "down", result);
}

void read_horizontal_pod_autoscaler(Manifest& manifest, const BesideManifest& beside, ScalingManifest& result) {
  result.policy = "hpa";
  const YamlNode* metadata = manifest.root().find("metadata");
  if (metadata != nullptr && metadata->is_map()) {
    manifest.take_whole(metadata, {"annotations"});
  }
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
  read_metrics(manifest, spec, beside, result);
  read_behavior(manifest, manifest.take(spec, "behavior"), result);
  if (result.minimum.count == 0) {
    const auto& metrics = result.setup->metrics;
    if (std::all_of(metrics.begin(), metrics.end(),
                    [](const HpaMetricSource& source) { return source.kind == HpaMetricSource::Kind::pods; })) {
      fail(result.minimum.place,
           "`minReplicas` is 0, and no metric is of type `External` or `Object`; expected one, which Kubernetes asks "
           "for, or at least 1");
    }
    result.values.push_back({"scale_to_zero", 1.0, result.minimum.place, "minReplicas"});
    result.warn(result.minimum.place,
                "`minReplicas: 0` holds with Kubernetes' feature gate HPAScaleToZero alone, which is off by default; "
                "simulated as if it were on");
  }
}

}  // namespace idlewatt
