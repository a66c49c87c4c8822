// A Knative Service, or the annotations of one, as policy `knative-kpa`. Source: knative.dev, "About autoscaling", and
// knative/serving, pkg/apis/autoscaling/register.go (the annotations) and
// pkg/reconciler/autoscaling/resources/target.go (the target).
#include <algorithm>
#include <array>
#include <string_view>

#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr double kRpsTarget = 200.0;  // requests-per-second-target-default

class Annotations {
 public:
  Annotations(Manifest& manifest, const YamlNode& node) : manifest_(&manifest), node_(&node) {}

  /// Under its name, or an older one.
  const YamlNode* take(const std::string& name, const std::string& older = {}) {
    const YamlNode* found = manifest_->take(node_, "autoscaling.knative.dev/" + name);
    return found != nullptr || older.empty() ? found : manifest_->take(node_, "autoscaling.knative.dev/" + older);
  }

 private:
  Manifest* manifest_;
  const YamlNode* node_;
};

double number(const YamlNode& node, const std::string& name) {
  return read_quantity(node, "`" + name + "`", Dimension::number, {.minimum = 0.0});
}

}  // namespace

void read_knative_annotations(Manifest& manifest, const YamlNode& annotations, const YamlNode* container_concurrency,
                              ScalingManifest& result) {
  result.policy = "knative-kpa";
  Annotations notes(manifest, annotations);
  if (const YamlNode* type = notes.take("class"); type != nullptr && type->scalar != "kpa.autoscaling.knative.dev") {
    fail(type->place, "`class` is `" + type->scalar + "`; expected `kpa.autoscaling.knative.dev`");
  }
  bool rps = false;
  if (const YamlNode* metric = notes.take("metric")) {
    rps = read_name(*metric, "metric", {"concurrency", "rps"}) == "rps";
    result.set("metric", rps ? 1.0 : 0.0, *metric, "metric");
    if (rps) {
      result.set("target", kRpsTarget, *metric, "metric");
    }
  }
  // Containers take so many requests at once at most: the target is not above that. What a replica takes here is said
  // by its batching.
  double concurrency = 0.0;
  if (container_concurrency != nullptr) {
    concurrency = manifest_count(*container_concurrency, "containerConcurrency");
    if (concurrency > 0.0 && !rps) {
      result.set("target", concurrency, *container_concurrency, "containerConcurrency");
    }
  }
  if (const YamlNode* target = notes.take("target")) {
    const double value = number(*target, "target");
    result.set("target", concurrency > 0.0 && !rps ? std::min(value, concurrency) : value, *target, "target");
  }
  const auto plain = [&](const char* name, const char* older, const char* parameter) {
    if (const YamlNode* node = notes.take(name, older)) {
      result.set(parameter, number(*node, name), *node, name);
    }
  };
  const auto duration = [&](const char* name, const char* older, const char* parameter) {
    if (const YamlNode* node = notes.take(name, older)) {
      result.set(parameter, read_go_duration_s(*node, "`" + std::string(name) + "`"), *node, name);
    }
  };
  plain("target-utilization-percentage", "targetUtilizationPercentage", "target_utilization_percentage");
  plain("panic-window-percentage", "panicWindowPercentage", "panic_window_percentage");
  plain("panic-threshold-percentage", "panicThresholdPercentage", "panic_threshold_percentage");
  plain("initial-scale", "initialScale", "initial_scale");
  plain("activation-scale", "activationScale", "activation_scale");
  if (const YamlNode* burst = notes.take("target-burst-capacity", "targetBurstCapacity")) {
    result.set("target_burst_capacity",
               read_quantity(*burst, "`target-burst-capacity`", Dimension::number, {.minimum = -1.0}), *burst,
               "target-burst-capacity");
  }
  duration("window", "", "stable_window");
  duration("scale-down-delay", "scaleDownDelay", "scale_down_delay");
  duration("scale-to-zero-pod-retention-period", "scaleToZeroPodRetentionPeriod", "scale_to_zero_pod_retention");
  result.minimum = {.count = 0, .place = annotations.place, .label = "min-scale"};
  if (const YamlNode* minimum = notes.take("min-scale", "minScale")) {
    result.minimum = {manifest_count(*minimum, "min-scale"), minimum->place, "min-scale"};
  }
  if (const YamlNode* maximum = notes.take("max-scale", "maxScale")) {
    if (const std::int32_t count = manifest_count(*maximum, "max-scale"); count > 0) {  // 0: no limit
      result.maximum = {count, maximum->place, "max-scale"};
    }
  }
}

namespace {

/// Annotations of a revision or a service that do not scale: those of other tools, and Knative's own of other things.
/// One that would scale, and is not known, is an error.
void take_other_annotations(Manifest& manifest, const YamlNode* annotations) {
  if (annotations == nullptr || !annotations->is_map()) {
    return;
  }
  constexpr std::string_view kPrefix = "autoscaling.knative.dev/";
  constexpr std::array<std::string_view, 24> kKnown{"class",
                                                    "metric",
                                                    "target",
                                                    "target-utilization-percentage",
                                                    "targetUtilizationPercentage",
                                                    "panic-window-percentage",
                                                    "panicWindowPercentage",
                                                    "panic-threshold-percentage",
                                                    "panicThresholdPercentage",
                                                    "initial-scale",
                                                    "initialScale",
                                                    "activation-scale",
                                                    "activationScale",
                                                    "target-burst-capacity",
                                                    "targetBurstCapacity",
                                                    "window",
                                                    "scale-down-delay",
                                                    "scaleDownDelay",
                                                    "scale-to-zero-pod-retention-period",
                                                    "scaleToZeroPodRetentionPeriod",
                                                    "min-scale",
                                                    "minScale",
                                                    "max-scale",
                                                    "maxScale"};
  for (const YamlEntry& entry : annotations->entries) {
    if (entry.key.rfind(kPrefix, 0) != 0) {
      manifest.take_whole(annotations, {entry.key.c_str()});
    } else if (const std::string name = entry.key.substr(kPrefix.size());
               std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      fail(entry.key_place, "the annotation `" + entry.key.substr(0, 80) + "` is not simulated" +
                                expected_names(name, {kKnown.begin(), kKnown.end()}));
    }
  }
}

}  // namespace

void read_inference_service(Manifest& manifest, ScalingManifest& result) {
  const YamlNode* metadata = manifest.root().find("metadata");
  const YamlNode* own = metadata == nullptr || !metadata->is_map() ? nullptr : manifest.take(metadata, "annotations");
  if (own != nullptr && own->is_map()) {
    const YamlNode* mode = own->find("serving.kserve.io/deploymentMode");
    if (mode != nullptr && mode->scalar != "Serverless" && mode->scalar != "Knative") {
      fail(mode->place,
           "`serving.kserve.io/deploymentMode` is `" + mode->scalar.substr(0, 60) +
               "`, in which the CPU decides, which is not simulated; expected `Serverless`, or the manifest "
               "of the autoscaler itself");
    }
  }
  take_other_annotations(manifest, own);
  const YamlNode none{.kind = YamlNode::Kind::map, .place = manifest.root().place};
  const YamlNode* spec = manifest.take(&manifest.root(), "spec");
  const YamlNode* predictor = manifest.take(spec, "predictor");
  if (predictor == nullptr || !predictor->is_map()) {
    fail(manifest.root().place, "the manifest has no `spec.predictor`; expected one with `scaleTarget`");
  }
  manifest.take_whole(spec, {"transformer", "explainer"});
  read_knative_annotations(manifest, own == nullptr ? none : *own, manifest.take(predictor, "containerConcurrency"),
                           result);
  // KServe writes its own numbers as Knative's annotations, where the manifest has none of these.
  const auto annotated = [&](const std::string& name) {
    return own != nullptr && own->is_map() && own->find("autoscaling.knative.dev/" + name) != nullptr;
  };
  if (const YamlNode* metric = manifest.take(predictor, "scaleMetric"); metric != nullptr && !annotated("metric")) {
    if (metric->scalar == "cpu" || metric->scalar == "memory") {
      fail(metric->place,
           "`scaleMetric` is `" + metric->scalar + "`, which is not simulated; expected `concurrency` or `rps`");
    }
    const bool rps = read_name(*metric, "metric", {"concurrency", "rps"}) == "rps";
    result.set("metric", rps ? 1.0 : 0.0, *metric, "scaleMetric");
    if (rps) {
      result.set("target", kRpsTarget, *metric, "scaleMetric");
    }
  }
  if (const YamlNode* target = manifest.take(predictor, "scaleTarget"); target != nullptr && !annotated("target")) {
    result.set("target", manifest_count(*target, "scaleTarget", 1), *target, "scaleTarget");
  }
  const YamlNode* minimum = manifest.take(predictor, "minReplicas");
  if (!annotated("min-scale") && !annotated("minScale")) {
    result.minimum = {.count = 1, .place = predictor->place, .label = "minReplicas"};  // KServe's default
    if (minimum != nullptr) {
      result.minimum = {manifest_count(*minimum, "minReplicas"), minimum->place, "minReplicas"};
    }
  }
  const YamlNode* maximum = manifest.take(predictor, "maxReplicas");
  if (maximum != nullptr && !annotated("max-scale") && !annotated("maxScale")) {
    if (const std::int32_t count = manifest_count(*maximum, "maxReplicas"); count > 0) {
      result.maximum = {count, maximum->place, "maxReplicas"};
    }
  }
  if (const YamlNode* scaling = manifest.take(predictor, "autoScaling")) {
    fail(scaling->place,
         "`autoScaling` of KServe is not read; expected the manifest of the autoscaler that KServe makes");
  }
  for (const YamlEntry& entry : predictor->entries) {
    manifest.take_whole(predictor, {entry.key.c_str()});  // what a replica is, the scenario says
  }
}

void read_knative_service(Manifest& manifest, ScalingManifest& result) {
  const YamlNode* revision = manifest.take(manifest.take(&manifest.root(), "spec"), "template");
  const YamlNode* metadata = manifest.take(revision, "metadata");
  manifest.take_whole(metadata, {"name", "labels"});
  const YamlNode* annotations = manifest.take(metadata, "annotations");
  const YamlNode* spec = manifest.take(revision, "spec");
  const YamlNode* concurrency = manifest.take(spec, "containerConcurrency");
  take_other_annotations(manifest, annotations);
  if (const YamlNode* own = manifest.root().find("metadata"); own != nullptr && own->is_map()) {
    manifest.take_whole(own, {"annotations"});
  }
  if (spec != nullptr && spec->is_map()) {
    for (const YamlEntry& entry : spec->entries) {
      manifest.take_whole(spec, {entry.key.c_str()});  // what a replica is, the scenario says
    }
  }
  const YamlNode none{.kind = YamlNode::Kind::map, .place = manifest.root().place};
  read_knative_annotations(manifest, annotations == nullptr ? none : *annotations, concurrency, result);
}

}  // namespace idlewatt
