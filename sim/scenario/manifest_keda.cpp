// A KEDA ScaledObject as policy `keda`. Source: keda.sh, ScaledObject specification and the scalers' pages.
#include <algorithm>
#include <array>
#include <optional>

#include "policy/autoscale/hpa_parameters.hpp"
#include "scenario/fields.hpp"
#include "scenario/scaling_manifest.hpp"

namespace idlewatt {
namespace {

/// How a type of trigger calls its target and its activation threshold; those on queues say by their type what they
/// watch.
struct TriggerType {
  const char* type;
  const char* target;
  const char* activation;
  bool queue;
};

constexpr std::array<TriggerType, 6> kTriggers{{
    {"prometheus", "threshold", "activationThreshold", false},
    {"rabbitmq", "value", "activationValue", true},
    {"kafka", "lagThreshold", "activationLagThreshold", true},
    {"redis", "listLength", "activationListLength", true},
    {"aws-sqs-queue", "queueLength", "activationQueueLength", true},
    {"azure-servicebus", "messageCount", "activationMessageCount", true},
}};

const TriggerType* known_trigger(const YamlNode& trigger) {
  const YamlNode* type = trigger.is_map() ? trigger.find("type") : nullptr;
  for (const TriggerType& known : kTriggers) {
    if (type != nullptr && type->scalar == known.type) {
      return &known;
    }
  }
  return nullptr;
}

/// False when the trigger watches what is not known here.
bool read_trigger(Manifest& manifest, const YamlNode& trigger, bool metric_chosen, ScalingManifest& result) {
  const TriggerType* known = known_trigger(trigger);
  if (known == nullptr) {
    return false;
  }
  const YamlNode* metadata = trigger.find("metadata");
  double factor = 1.0;
  if (known->queue) {
    result.set("metric", static_cast<double>(HpaMetric::queue), trigger, "type");
  } else {
    const YamlNode* query = metadata == nullptr ? nullptr : metadata->find("query");
    const std::optional<double> found = metric_chosen      ? 1.0
                                        : query == nullptr ? std::nullopt
                                                           : set_known_metric(query->scalar, *query, result);
    if (!found) {
      return false;
    }
    factor = *found;
    manifest.take(metadata, "query");
  }
  manifest.take_item(trigger);
  manifest.take(&trigger, "type");
  manifest.take(&trigger, "metadata");
  const YamlNode* target = manifest.take(metadata, known->target);
  if (target == nullptr) {
    fail(trigger.place,
         "the trigger has no `metadata." + std::string(known->target) + "`; expected a number a replica");
  }
  const auto number = [](const YamlNode& node, const char* key) {
    return read_quantity(node, "`" + std::string(key) + "`", Dimension::number, {.minimum = 0.0});
  };
  result.set("target", number(*target, known->target) * factor, *target, known->target);
  if (const YamlNode* activation = manifest.take(metadata, known->activation)) {
    result.set("activation_threshold", number(*activation, known->activation) * factor, *activation, known->activation);
  }
  if (const YamlNode* type = manifest.take(&trigger, "metricType"); type != nullptr && type->scalar != "AverageValue") {
    fail(type->place, "`metricType` is `" + type->scalar + "`; expected `AverageValue`, the default");
  }
  return true;
}

/// The first trigger that is known is the policy's.
void read_triggers(Manifest& manifest, const YamlNode& spec, bool metric_chosen, ScalingManifest& result) {
  const YamlNode* list = manifest.take(&spec, "triggers");
  if (list == nullptr || !list->is_sequence()) {
    fail(list == nullptr ? spec.place : list->place, "`triggers` is no list; expected one");
  }
  for (const YamlNode& trigger : list->items) {
    if (read_trigger(manifest, trigger, metric_chosen, result)) {
      return;
    }
  }
  std::string types;
  for (const TriggerType& known : kTriggers) {
    types += (types.empty() ? "`" : ", `") + std::string(known.type) + "`";
  }
  fail(list->place, "no trigger can be simulated; expected one of type " + types +
                        ", and of `prometheus` a query with a "
                        "metric: " +
                        expected_metric());
}

}  // namespace

void read_scaled_object(Manifest& manifest, bool metric_chosen, ScalingManifest& result) {
  result.policy = "keda";
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
  if (const YamlNode* maximum = manifest.take(spec, "maxReplicaCount")) {
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
  const YamlNode* hpa = manifest.take(manifest.take(spec, "advanced"), "horizontalPodAutoscalerConfig");
  manifest.take_whole(hpa, {"name"});
  read_behavior(manifest, manifest.take(hpa, "behavior"), result);
  read_triggers(manifest, *spec, metric_chosen, result);
}

}  // namespace idlewatt
