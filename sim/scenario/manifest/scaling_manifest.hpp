// Manifests of real autoscalers as choices of a policy: a HorizontalPodAutoscaler of Kubernetes, a ScaledObject of
// KEDA, a Service of Knative or the annotations of one, an InferenceService of KServe that Knative scales, a RayService
// or a configuration of Ray Serve.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/autoscale/scaling_setup.hpp"
#include "scenario/manifest/manifest.hpp"

namespace idlewatt {

/// A number in a manifest that sets a parameter of a policy.
struct ManifestValue {
  std::string parameter;
  double value = 0.0;
  Place place;
  std::string label;  ///< name of the number in the manifest
};

/// A number of replicas that a manifest gives.
struct ManifestCount {
  std::int32_t count = 0;
  Place place;
  std::string label;
};

/// The content of an autoscaler's manifest, for a policy.
struct ScalingManifest {
  std::string policy;
  std::vector<ManifestValue> values;     ///< parameters that are not given have the policy's default
  ManifestCount minimum;                 ///< least number of replicas, from the manifest or by default of its kind
  std::optional<ManifestCount> maximum;  ///< empty: the pool's own maximum is kept
  bool default_maximum = false;          ///< true: the maximum is the default of the kind; a lower maximum of the pool
                                         ///< is kept
  std::shared_ptr<ScalingSetup> setup = std::make_shared<ScalingSetup>();
  std::vector<std::string> warnings;

  void set(const std::string& parameter, double value, const YamlNode& node, const std::string& label) {
    values.push_back({parameter, value, node.place, label});
  }
  void warn(const Place& place, const std::string& message) {
    warnings.push_back(place.text() + ": warning: " + message);
  }
};

/// Settings beside `manifest:` that take precedence over a metric of the manifest, or over its target.
struct BesideManifest {
  std::optional<Metric> metric;
  std::optional<double> target;
  Place place;
};

/// Reads the one manifest of an autoscaler among these documents; other manifests and items of a List are ignored. A
/// setting that changes the number of replicas and cannot be simulated is an error. Throws InputError with the
/// manifest's line.
ScalingManifest read_scaling_manifest(const std::vector<YamlNode>& documents, const BesideManifest& beside);

// The readers, one for each kind of manifest.
void read_horizontal_pod_autoscaler(Manifest& manifest, const BesideManifest& beside, ScalingManifest& result);
void read_scaled_object(Manifest& manifest, const BesideManifest& beside, ScalingManifest& result);
/// Reads the `annotations` of a Knative revision, and its container concurrency (null: not given).
void read_knative_annotations(Manifest& manifest, const YamlNode& annotations, const YamlNode* container_concurrency,
                              ScalingManifest& result);
void read_knative_service(Manifest& manifest, ScalingManifest& result);
void read_inference_service(Manifest& manifest, ScalingManifest& result);
void read_ray_service(Manifest& manifest, ScalingManifest& result);
/// Reads a configuration of Ray Serve, which has `applications`.
void read_ray_serve_config(Manifest& manifest, const YamlNode& config, ScalingManifest& result);

// The functions below are shared by several readers.
/// Reads the `behavior:` of a HorizontalPodAutoscaler; null: the rule without `behavior`.
void read_behavior(Manifest& manifest, const YamlNode* behavior, ScalingManifest& result);
/// The signal of the metric of this name. Throws InputError when no metric is known by it; adds a warning when the name
/// is only guessed.
Signal named_metric(const YamlNode& name, const std::vector<std::string>& labels, ScalingManifest& result);
std::int32_t manifest_count(const YamlNode& node, const std::string& label, std::int32_t minimum = 0);
double manifest_number(const YamlNode& node, const std::string& label);
/// The `target` of a metric or a trigger. Throws InputError when it is less than 0.001, since Kubernetes counts in
/// thousandths.
double checked_target(double target, const YamlNode& node, const std::string& label);

}  // namespace idlewatt
