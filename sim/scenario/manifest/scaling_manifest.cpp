#include "scenario/manifest/scaling_manifest.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>

#include "scenario/manifest/metrics.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

constexpr const char* kKnativePrefix = "autoscaling.knative.dev/";

enum class ManifestKind {
  horizontal_pod_autoscaler,
  old_horizontal_pod_autoscaler,  // of v2beta2
  scaled_object,
  knative_service,
  knative_annotations,
  inference_service,
  ray_service,
  ray_serve_config,
  refused,  // an autoscaler, or nearly one, that cannot be simulated
  other,
};

struct KnownKind {
  std::string_view kind;
  std::string_view version;
  ManifestKind meaning;
  std::string_view refusal = {};
};

constexpr std::array<KnownKind, 12> kKinds{{
    {"HorizontalPodAutoscaler", "autoscaling/v2", ManifestKind::horizontal_pod_autoscaler},
    {"HorizontalPodAutoscaler", "autoscaling/v2beta2", ManifestKind::old_horizontal_pod_autoscaler},
    {"ScaledObject", "keda.sh/v1alpha1", ManifestKind::scaled_object},
    {"Service", "serving.knative.dev/v1", ManifestKind::knative_service},
    {"InferenceService", "serving.kserve.io/v1beta1", ManifestKind::inference_service},
    {"RayService", "ray.io/v1", ManifestKind::ray_service},
    {"RayService", "ray.io/v1alpha1", ManifestKind::ray_service},
    {"HorizontalPodAutoscaler", "autoscaling/v1", ManifestKind::refused,
     "it goes by the CPU alone, which is not simulated"},
    {"HorizontalPodAutoscaler", "autoscaling/v2beta1", ManifestKind::refused,
     "its form is gone; `autoscaling/v2` has it"},
    {"ScaledJob", "keda.sh/v1alpha1", ManifestKind::refused, "it starts jobs, not replicas"},
    {"PodAutoscaler", "autoscaling.aibrix.ai/v1alpha1", ManifestKind::refused, {}},
    {"PodAutoscaler", "autoscaling.internal.knative.dev/v1alpha1", ManifestKind::refused,
     "Knative writes it itself, from a `Service`"},
}};

std::string text_of(const YamlNode& root, std::string_view key) {
  const YamlNode* node = root.is_map() ? root.find(key) : nullptr;
  return node == nullptr || !node->is_scalar() ? "" : node->scalar;
}

bool is_annotation_set(const YamlNode& root) {
  if (!root.is_map() || root.find("kind") != nullptr || root.entries.empty()) {
    return false;
  }
  return std::all_of(root.entries.begin(), root.entries.end(),
                     [](const YamlEntry& entry) { return entry.key.rfind(kKnativePrefix, 0) == 0; });
}

const KnownKind* known_kind(const YamlNode& root) {
  const std::string kind = text_of(root, "kind");
  const std::string version = text_of(root, "apiVersion");
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const KnownKind& k) { return k.kind == kind && k.version == version; });
  return found == kKinds.end() ? nullptr : &*found;
}

ManifestKind kind_of(const YamlNode& root) {
  if (is_annotation_set(root)) {
    return ManifestKind::knative_annotations;
  }
  if (root.is_map() && root.find("kind") == nullptr && root.find("applications") != nullptr) {
    return ManifestKind::ray_serve_config;
  }
  const KnownKind* known = known_kind(root);
  return known == nullptr ? ManifestKind::other : known->meaning;
}

std::string expected_kind() {
  return "; expected a `HorizontalPodAutoscaler` of `autoscaling/v2`, a `ScaledObject` of `keda.sh/v1alpha1`, a "
         "`Service` "
         "of `serving.knative.dev/v1`, an `InferenceService` of `serving.kserve.io/v1beta1`, a `RayService` of "
         "`ray.io/v1`, a configuration of Ray Serve, or annotations `autoscaling.knative.dev/...` alone";
}

/// Of an autoscaler of AIBrix: where its number comes from.
std::string aibrix_refusal(const YamlNode& root) {
  const YamlNode* spec = root.find("spec");
  const YamlNode* sources = spec == nullptr || !spec->is_map() ? nullptr : spec->find("metricsSources");
  if (sources == nullptr || sources->items.empty() || !sources->items.front().is_map()) {
    return "AIBrix' rules are not simulated";
  }
  const YamlNode& source = sources->items.front();
  const std::string metric = text_of(source, "targetMetric");
  if (text_of(source, "metricSourceType") == "domain") {
    return fmt::format("its number is made elsewhere, by `{}` (`{}`)", text_of(source, "endpoint"), metric);
  }
  const std::string_view what = unsimulated_metric(metric);
  return "AIBrix' rules are not simulated" +
         (what.empty() ? "" : fmt::format(", nor is its metric `{}`: it is {}", metric, what));
}

/// Documents, and the items of Lists among them.
void collect(const YamlNode& root, std::vector<const YamlNode*>& all) {
  if (root.is_null()) {
    return;
  }
  const YamlNode* items = text_of(root, "kind") == "List" ? root.find("items") : nullptr;
  if (items == nullptr) {
    all.push_back(&root);
    return;
  }
  for (const YamlNode& item : items->items) {
    collect(item, all);
  }
}

[[noreturn]] void refuse(const YamlNode& root) {
  if (!root.is_map()) {
    fail(root.place, "the manifest is no map" + expected_kind());
  }
  if (root.find("kind") == nullptr || root.find("apiVersion") == nullptr) {
    fail(root.place, "the manifest does not say its `apiVersion` and `kind`" + expected_kind());
  }
  const KnownKind* known = known_kind(root);
  std::string why;
  if (known != nullptr) {
    why = known->refusal.empty() ? aibrix_refusal(root) : std::string(known->refusal);
  }
  fail(root.find("kind")->place,
       fmt::format("a `{}` of `{}` cannot be read{}{}", text_of(root, "kind"), text_of(root, "apiVersion"),
                   why.empty() ? "" : ": " + why, expected_kind()));
}

/// The one autoscaler among all.
const YamlNode& chosen_of(const std::vector<const YamlNode*>& all, ScalingManifest& result) {
  const YamlNode* chosen = nullptr;
  for (const YamlNode* root : all) {
    const ManifestKind kind = kind_of(*root);
    if (kind == ManifestKind::refused) {
      refuse(*root);
    }
    if (kind == ManifestKind::other) {
      continue;
    }
    if (chosen != nullptr) {
      fail(root->place, fmt::format("a second autoscaler begins here, the first one at line {}; expected one in a "
                                    "manifest, since a manifest scales one pool",
                                    chosen->place.line));
    }
    chosen = root;
  }
  if (chosen == nullptr) {
    refuse(*all.front());
  }
  for (const YamlNode* root : all) {
    if (root != chosen && root->is_map()) {
      result.warn(root->place,
                  fmt::format("a `{}` is left aside: the scenario says what a replica is", text_of(*root, "kind")));
    }
  }
  return *chosen;
}

}  // namespace

ScalingManifest read_scaling_manifest(const std::vector<YamlNode>& documents, const BesideManifest& beside) {
  std::vector<const YamlNode*> all;
  for (const YamlNode& document : documents) {
    collect(document, all);
  }
  ScalingManifest result;
  if (all.empty()) {
    const Place place = documents.empty() ? Place{} : documents.front().place;
    fail(place, "the manifest is empty" + expected_kind());
  }
  const YamlNode& root = chosen_of(all, result);
  Manifest manifest(root);
  const ManifestKind kind = kind_of(root);
  manifest.take(&root, "kind");
  manifest.take(&root, "apiVersion");
  if (kind != ManifestKind::knative_annotations && kind != ManifestKind::ray_serve_config) {
    // What tools write down there says nothing of the scaling; kinds that do read their annotations.
    manifest.take_whole(manifest.take(&root, "metadata"),
                        {"name", "namespace", "labels", "creationTimestamp", "uid", "resourceVersion", "generation"});
    manifest.take_whole(&root, {"status"});
  }
  switch (kind) {
    case ManifestKind::old_horizontal_pod_autoscaler:
      result.warn(root.find("apiVersion")->place,
                  "`autoscaling/v2beta2` is gone from Kubernetes 1.26; read as `autoscaling/v2`, whose form it has");
      read_horizontal_pod_autoscaler(manifest, beside, result);
      break;
    case ManifestKind::horizontal_pod_autoscaler:
      read_horizontal_pod_autoscaler(manifest, beside, result);
      break;
    case ManifestKind::scaled_object:
      read_scaled_object(manifest, beside, result);
      break;
    case ManifestKind::knative_service:
      read_knative_service(manifest, result);
      break;
    case ManifestKind::knative_annotations:
      read_knative_annotations(manifest, root, nullptr, result);
      break;
    case ManifestKind::inference_service:
      read_inference_service(manifest, result);
      break;
    case ManifestKind::ray_service:
      read_ray_service(manifest, result);
      break;
    case ManifestKind::ray_serve_config:
      read_ray_serve_config(manifest, root, result);
      break;
    case ManifestKind::refused:
    case ManifestKind::other:
      refuse(root);
  }
  const std::vector<std::string> rest = manifest.warnings();
  result.warnings.insert(result.warnings.end(), rest.begin(), rest.end());
  return result;
}

Signal named_metric(const YamlNode& name, const std::vector<std::string>& labels, ScalingManifest& result) {
  const std::string text = read_text(name, "`name`", "the name of a metric");
  if (const std::optional<MetricAlias> exact = find_metric(text, labels)) {
    // Adapters serve a counter as its rate.
    const MetricInfo& info = metric_info(exact->metric);
    if (info.type == MetricType::counter && exact->part == MetricPart::value) {
      return chosen_signal(exact->metric);
    }
    if (info.type != MetricType::latency) {
      return alias_signal(*exact);
    }
  }
  const std::optional<MetricAlias> guess =
      unsimulated_metric(text).empty() ? guess_metric(text) : std::optional<MetricAlias>();
  if (!guess) {
    fail(name.place, unknown_metric(text));
  }
  result.warn(
      name.place,
      fmt::format(
          "the metric `{}` is taken for `{}`, by its name; expected a `metric:` beside `manifest:` where it is another",
          text, metric_info(guess->metric).name));
  return alias_signal(*guess);
}

std::int32_t manifest_count(const YamlNode& node, const std::string& label, std::int32_t minimum) {
  return read_count(node, fmt::format("`{}`", label), minimum, 1'000'000);
}

double manifest_number(const YamlNode& node, const std::string& label) {
  return read_quantity(node, fmt::format("`{}`", label), Dimension::number, {.minimum = 0.0});
}

double checked_target(double target, const YamlNode& node, const std::string& label) {
  constexpr double kLeast = 0.001;
  if (!(target >= kLeast)) {
    fail(node.place, fmt::format("`{}` is `{}`; expected at least 0.001, for Kubernetes counts in thousandths", label,
                                 node.scalar));
  }
  return target;
}

}  // namespace idlewatt
