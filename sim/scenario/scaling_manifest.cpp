#include "scenario/scaling_manifest.hpp"

#include <array>
#include <string_view>

#include "policy/autoscale/hpa_parameters.hpp"
#include "scenario/fields.hpp"

namespace idlewatt {
namespace {

constexpr const char* kKnativePrefix = "autoscaling.knative.dev/";

/// How monitoring of inference servers calls what the policies know; `:` reads as `_`.
struct MetricName {
  std::string_view part;
  HpaMetric metric;
  double factor;  ///< from the metric's unit to the policy's
};

constexpr std::array<MetricName, 13> kMetricNames{{
    {"num_requests_running", HpaMetric::running, 1.0},  // vLLM
    {"num_requests_waiting", HpaMetric::queue, 1.0},
    {"tgi_batch_current_size", HpaMetric::running, 1.0},  // Text Generation Inference
    {"tgi_queue_size", HpaMetric::queue, 1.0},
    {"DCGM_FI_DEV_GPU_UTIL", HpaMetric::utilisation, 0.01},  // NVIDIA DCGM exporter, in percent
    {"gpu_utilization", HpaMetric::utilisation, 0.01},
    {"generation_tokens", HpaMetric::tokens, 1.0},
    {"tokens_per_second", HpaMetric::tokens, 1.0},
    {"http_requests", HpaMetric::rate, 1.0},
    {"requests_per_second", HpaMetric::rate, 1.0},
    {"concurrency", HpaMetric::ongoing, 1.0},
    {"inflight_requests", HpaMetric::ongoing, 1.0},
    {"ongoing_requests", HpaMetric::ongoing, 1.0},
}};

bool is_annotation_set(const YamlNode& root) {
  if (root.find("kind") != nullptr || root.entries.empty()) {
    return false;
  }
  for (const YamlEntry& entry : root.entries) {
    if (entry.key.rfind(kKnativePrefix, 0) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace

ScalingManifest read_scaling_manifest(const YamlNode& root, bool metric_chosen) {
  const std::string expected_kind =
      "; expected a `HorizontalPodAutoscaler` of `autoscaling/v2`, a `ScaledObject` of `keda.sh/v1alpha1`, a `Service` "
      "of "
      "`serving.knative.dev/v1`, or annotations `autoscaling.knative.dev/...` alone";
  if (!root.is_map()) {
    fail(root.place, "the manifest is no map" + expected_kind);
  }
  Manifest manifest(root);
  ScalingManifest result;
  if (is_annotation_set(root)) {
    read_knative_annotations(manifest, root, nullptr, result);
  } else {
    const YamlNode* kind = manifest.take(&root, "kind");
    const YamlNode* version = manifest.take(&root, "apiVersion");
    if (kind == nullptr || version == nullptr) {
      fail(root.place, "the manifest does not say its `apiVersion` and `kind`" + expected_kind);
    }
    const std::string what = kind->scalar + " " + version->scalar;
    manifest.take_whole(manifest.take(&root, "metadata"), {"name", "namespace", "labels"});
    if (what == "HorizontalPodAutoscaler autoscaling/v2") {
      read_horizontal_pod_autoscaler(manifest, metric_chosen, result);
    } else if (what == "ScaledObject keda.sh/v1alpha1") {
      read_scaled_object(manifest, metric_chosen, result);
    } else if (what == "Service serving.knative.dev/v1") {
      read_knative_service(manifest, result);
    } else {
      fail(kind->place, "a `" + kind->scalar + "` of `" + version->scalar + "` cannot be read" + expected_kind);
    }
  }
  const std::vector<std::string> rest = manifest.warnings();
  result.warnings.insert(result.warnings.end(), rest.begin(), rest.end());
  return result;
}

std::optional<double> set_known_metric(const std::string& text, const YamlNode& node, ScalingManifest& result) {
  std::string plain = text;
  for (char& c : plain) {
    c = c == ':' ? '_' : c;
  }
  const MetricName* found = nullptr;
  for (const MetricName& name : kMetricNames) {
    if (plain.find(name.part) == std::string::npos) {
      continue;
    }
    const bool running_and_waiting =
        found != nullptr && found->metric == HpaMetric::running && name.metric == HpaMetric::queue;
    if (running_and_waiting) {
      result.set("metric", static_cast<double>(HpaMetric::ongoing), node, "metric");
      return 1.0;
    }
    found = found == nullptr ? &name : found;
  }
  if (found == nullptr) {
    return std::nullopt;
  }
  result.set("metric", static_cast<double>(found->metric), node, "metric");
  return found->factor;
}

std::string expected_metric() {
  return "expected one that idlewatt knows, such as `vllm:num_requests_running`, `vllm:num_requests_waiting`, "
         "`DCGM_FI_DEV_GPU_UTIL` or `http_requests_per_second`, or a `metric:` beside `manifest:`";
}

std::int32_t manifest_count(const YamlNode& node, const std::string& label, std::int32_t minimum) {
  return read_count(node, "`" + label + "`", minimum, 1'000'000);
}

}  // namespace idlewatt
