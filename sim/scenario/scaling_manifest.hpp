// Manifests of real autoscalers as choices of a policy: an `autoscaling/v2` HorizontalPodAutoscaler, a KEDA
// `ScaledObject`, a Knative Service or the annotations of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/manifest.hpp"

namespace idlewatt {

/// A number that a manifest gives, for a parameter of a policy.
struct ManifestValue {
  std::string parameter;
  double value = 0.0;
  Place place;
  std::string label;  ///< what the manifest calls it
};

struct ManifestCount {
  std::int32_t count = 0;
  Place place;
  std::string label;
};

struct ScalingManifest {
  std::string policy;
  std::vector<ManifestValue> values;     ///< what is not given is the policy's default
  ManifestCount minimum;                 ///< of replicas, the kind's default included
  std::optional<ManifestCount> maximum;  ///< none: the pool's stands
  std::vector<std::string> warnings;

  void set(const std::string& parameter, double value, const YamlNode& node, const std::string& label) {
    values.push_back({parameter, value, node.place, label});
  }
};

/// Reads one manifest. `metric_chosen`: the scenario names the metric itself, so that one that is not known here will
/// do. Throws InputError with the manifest's line.
ScalingManifest read_scaling_manifest(const YamlNode& root, bool metric_chosen);

// One for each kind.
void read_horizontal_pod_autoscaler(Manifest& manifest, bool metric_chosen, ScalingManifest& result);
void read_scaled_object(Manifest& manifest, bool metric_chosen, ScalingManifest& result);
/// `annotations` of a Knative revision, and its container concurrency (null: none).
void read_knative_annotations(Manifest& manifest, const YamlNode& annotations, const YamlNode* container_concurrency,
                              ScalingManifest& result);
void read_knative_service(Manifest& manifest, ScalingManifest& result);

// What several share.
/// `behavior:` of a HorizontalPodAutoscaler; null: the defaults.
void read_behavior(Manifest& manifest, const YamlNode* behavior, ScalingManifest& result);
/// The metric of policies hpa and keda that is known by this name, or that this request asks for. Sets `metric`, and
/// returns by what the target is to be multiplied (percentages are shares here). Nothing when none is known.
std::optional<double> set_known_metric(const std::string& text, const YamlNode& node, ScalingManifest& result);
/// "expected a metric known here such as ...".
std::string expected_metric();
std::int32_t manifest_count(const YamlNode& node, const std::string& label, std::int32_t minimum = 0);

}  // namespace idlewatt
