// A Knative Service, or the annotations of one, as policy `knative-kpa`. Source: knative.dev, "About autoscaling", and
// knative/serving, pkg/apis/autoscaling/register.go (the annotations) and
// pkg/reconciler/autoscaling/resources/target.go (the target).
#include <algorithm>

#include "scenario/fields.hpp"
#include "scenario/scaling_manifest.hpp"

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
  // Containers take so many requests at once at most: the target is not above that. What a replica takes here is said by
  // its batching.
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

void read_knative_service(Manifest& manifest, ScalingManifest& result) {
  const YamlNode* revision = manifest.take(manifest.take(&manifest.root(), "spec"), "template");
  const YamlNode* metadata = manifest.take(revision, "metadata");
  manifest.take_whole(metadata, {"name", "labels"});
  const YamlNode* annotations = manifest.take(metadata, "annotations");
  const YamlNode* concurrency = manifest.take(manifest.take(revision, "spec"), "containerConcurrency");
  const YamlNode none{.kind = YamlNode::Kind::map, .place = manifest.root().place};
  read_knative_annotations(manifest, annotations == nullptr ? none : *annotations, concurrency, result);
}

}  // namespace idlewatt
