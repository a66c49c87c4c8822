// A KEDA ScaledObject as policy `keda`. Source: keda.sh, ScaledObject specification, and kedacore/keda,
// apis/keda/v1alpha1/scaledobject_types.go (defaults).
#include <algorithm>
#include <optional>

#include "scenario/manifest/formula.hpp"
#include "scenario/manifest/keda_triggers.hpp"
#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kDefaultMaximum = 100;  // defaultHPAMaxReplicas

bool by_value(Manifest& manifest, const YamlNode* map) {
  const YamlNode* type = manifest.take(map, "metricType");
  if (type == nullptr) {
    return false;
  }
  if (type->scalar == "Utilization") {
    fail(type->place, "`metricType: Utilization` is for the CPU and the memory; expected `AverageValue` or `Value`");
  }
  return read_name(*type, "type of metric", {"AverageValue", "Value"}) == "Value";
}

void read_triggers(Manifest& manifest, const YamlNode& spec, const BesideManifest& beside, ScalingManifest& result) {
  const std::vector<const YamlNode*> triggers = manifest.take_list(&spec, "triggers");
  if (triggers.empty()) {
    fail(spec.place, "the manifest has no `triggers`; expected at least one");
  }
  if (triggers.size() > 1 && (beside.metric || beside.target)) {
    fail(beside.place, "a `metric` or `target` beside a manifest of " + std::to_string(triggers.size()) +
                           " triggers; expected it with one trigger alone");
  }
  for (const YamlNode* trigger : triggers) {
    KedaTrigger read = read_keda_trigger(manifest, *trigger, beside, result);
    read.by_value = by_value(manifest, trigger);
    if (const YamlNode* cached = manifest.take(trigger, "useCachedMetrics")) {
      read.cached = manifest_flag(*cached, "useCachedMetrics");
    }
    manifest.take_whole(trigger, {"authenticationRef"});
    if (const YamlNode* name = manifest.take(trigger, "name")) {
      read.name = name->scalar;
    }
    result.setup->triggers.push_back(std::move(read));
  }
}

void read_formula(Manifest& manifest, const YamlNode* modifiers, ScalingManifest& result) {
  if (modifiers == nullptr || modifiers->is_null()) {
    return;
  }
  const YamlNode* formula = manifest.take(modifiers, "formula");
  const YamlNode* target = manifest.take(modifiers, "target");
  if (formula == nullptr || target == nullptr) {
    fail(modifiers->place, "`scalingModifiers` has no `formula` or no `target`; expected both");
  }
  std::vector<std::string> names;
  for (const KedaTrigger& trigger : result.setup->triggers) {
    names.push_back(trigger.name);
  }
  KedaFormula read{.signal = parse_keda_formula(*formula, names),
                   .target = checked_target(manifest_number(*target, "target"), *target, "target"),
                   .by_value = by_value(manifest, modifiers)};
  if (const YamlNode* activation = manifest.take(modifiers, "activationTarget")) {
    read.activation = manifest_number(*activation, "activationTarget");
  }
  result.setup->formula = std::move(read);
}

void read_fallback(Manifest& manifest, const YamlNode* fallback, ScalingManifest& result) {
  if (fallback == nullptr) {
    return;
  }
  const YamlNode* failures = manifest.take(fallback, "failureThreshold");
  const YamlNode* replicas = manifest.take(fallback, "replicas");
  if (failures == nullptr || replicas == nullptr) {
    fail(fallback->place, "`fallback` has no `failureThreshold` or no `replicas`; expected both");
  }
  if (const YamlNode* behavior = manifest.take(fallback, "behavior");
      behavior != nullptr && behavior->scalar != "static") {
    fail(behavior->place, "`fallback.behavior` is `" + behavior->scalar + "`; expected `static`, the default");
  }
  result.setup->fallback = KedaFallback{.failures = manifest_count(*failures, "failureThreshold"),
                                        .replicas = manifest_count(*replicas, "replicas")};
  const auto& triggers = result.setup->triggers;
  const bool may_fail =
      std::any_of(triggers.begin(), triggers.end(), [](const KedaTrigger& t) { return t.null_is_failure; });
  if (!may_fail) {
    result.warn(fallback->place,
                "`fallback` counts where a query gives several series; no source of metrics goes down in a simulation");
  }
}

/// What makes KEDA stop scaling.
void refuse_pause(Manifest& manifest) {
  const YamlNode* metadata = manifest.root().find("metadata");
  if (metadata == nullptr || !metadata->is_map()) {
    return;
  }
  const YamlNode* annotations = metadata->find("annotations");
  manifest.take_whole(metadata, {"annotations", "finalizers"});
  if (annotations == nullptr || !annotations->is_map()) {
    return;
  }
  for (const YamlEntry& entry : annotations->entries) {
    if (entry.key.rfind("autoscaling.keda.sh/paused", 0) == 0 && entry.value.scalar != "false") {
      fail(entry.key_place,
           "`" + entry.key + "` stops the autoscaler; expected no such annotation, or the policy `static`");
    }
  }
}

}  // namespace

void read_scaled_object(Manifest& manifest, const BesideManifest& beside, ScalingManifest& result) {
  result.policy = "keda";
  refuse_pause(manifest);
  const YamlNode* spec = manifest.take(&manifest.root(), "spec");
  if (spec == nullptr || !spec->is_map()) {
    fail(manifest.root().place, "the manifest has no `spec`; expected one with `triggers`");
  }
  manifest.take_whole(spec, {"scaleTargetRef"});  // the pool is what it scales
  result.minimum = {.count = 0, .place = spec->place, .label = "minReplicaCount"};
  if (const YamlNode* minimum = manifest.take(spec, "minReplicaCount")) {
    result.minimum = {manifest_count(*minimum, "minReplicaCount"), minimum->place, "minReplicaCount"};
  }
  if (const YamlNode* idle = manifest.take(spec, "idleReplicaCount")) {
    // While active at least the minimum, while not so many: none, for the HorizontalPodAutoscaler's sake.
    if (manifest_count(*idle, "idleReplicaCount") != 0) {
      fail(idle->place, "`idleReplicaCount` is `" + idle->scalar + "`; expected `0`, all that KEDA supports");
    }
    result.values.push_back({"active_min", std::max(1.0, static_cast<double>(result.minimum.count)),
                             result.minimum.place, result.minimum.label});
    result.minimum = {.count = 0, .place = idle->place, .label = "idleReplicaCount"};
  }
  result.maximum = {kDefaultMaximum, spec->place, "maxReplicaCount (100, KEDA's default)"};
  result.default_maximum = true;
  if (const YamlNode* maximum = manifest.take(spec, "maxReplicaCount")) {
    result.default_maximum = false;
    result.maximum = {manifest_count(*maximum, "maxReplicaCount", 1), maximum->place, "maxReplicaCount"};
  }
  const auto seconds = [&](const char* key, const char* parameter) {
    if (const YamlNode* node = manifest.take(spec, key)) {
      result.set(parameter, manifest_count(*node, key), *node, key);
    }
  };
  seconds("pollingInterval", "polling_interval");
  seconds("cooldownPeriod", "cooldown");
  seconds("initialCooldownPeriod", "initial_cooldown");
  const YamlNode* advanced = manifest.take(spec, "advanced");
  manifest.take_whole(advanced, {"restoreToOriginalReplicaCount"});  // what is done when the ScaledObject is deleted
  const YamlNode* hpa = manifest.take(advanced, "horizontalPodAutoscalerConfig");
  manifest.take_whole(hpa, {"name"});
  read_behavior(manifest, manifest.take(hpa, "behavior"), result);
  read_triggers(manifest, *spec, beside, result);
  read_formula(manifest, manifest.take(advanced, "scalingModifiers"), result);
  read_fallback(manifest, manifest.take(spec, "fallback"), result);
}

}  // namespace idlewatt
