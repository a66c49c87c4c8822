// A configuration of Ray Serve, alone or inside a RayService, as policy `ray-serve`. Source: Ray, AutoscalingConfig
// (python/ray/serve/config.py), "Serve Config Files", and ray-project/kuberay (RayService).
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// What scales one deployment.
struct Found {
  const YamlNode* autoscaling = nullptr;  ///< null: `num_replicas: auto` alone
  const YamlNode* deployment = nullptr;
};

void find_in(const YamlNode& deployment, std::vector<Found>& found) {
  if (!deployment.is_map()) {
    return;
  }
  const YamlNode* config = deployment.find("autoscaling_config");
  const YamlNode* replicas = deployment.find("num_replicas");
  const bool automatic = replicas != nullptr && replicas->scalar == "auto";
  if ((config != nullptr && config->is_map()) || automatic) {
    found.push_back({config, &deployment});
  }
}

/// Deployments with an autoscaler, in `deployments` of an application or in the arguments of Ray's own builders for
/// LLMs.
std::vector<Found> find_autoscalers(const YamlNode& config) {
  std::vector<Found> found;
  const YamlNode* applications = config.find("applications");
  if (applications == nullptr) {
    return found;
  }
  for (const YamlNode& application : applications->items) {
    if (!application.is_map()) {
      continue;
    }
    if (const YamlNode* deployments = application.find("deployments")) {
      for (const YamlNode& deployment : deployments->items) {
        find_in(deployment, found);
      }
    }
    const YamlNode* arguments = application.find("args");
    const YamlNode* models = arguments == nullptr || !arguments->is_map() ? nullptr : arguments->find("llm_configs");
    if (models != nullptr) {
      for (const YamlNode& model : models->items) {
        const YamlNode* deployment = model.is_map() ? model.find("deployment_config") : nullptr;
        if (deployment != nullptr) {
          find_in(*deployment, found);
        }
      }
    }
  }
  return found;
}

struct RayKey {
  std::string_view key;
  const char* parameter;
};

constexpr std::array<RayKey, 13> kKeys{{{"target_ongoing_requests", "target_ongoing_requests"},
                                        {"target_num_ongoing_requests_per_replica", "target_ongoing_requests"},
                                        {"upscale_delay_s", "upscale_delay"},
                                        {"downscale_delay_s", "downscale_delay"},
                                        {"downscale_to_zero_delay_s", "downscale_to_zero_delay"},
                                        {"upscaling_factor", "upscaling_factor"},
                                        {"upscale_smoothing_factor", "upscaling_factor"},
                                        {"downscaling_factor", "downscaling_factor"},
                                        {"downscale_smoothing_factor", "downscaling_factor"},
                                        {"look_back_period_s", "look_back_period"},
                                        {"metrics_interval_s", "metrics_interval"},
                                        {"smoothing_factor", nullptr},
                                        {"aggregation_function", nullptr}}};

bool is_null_word(const YamlNode& node) {
  return node.is_null() || (node.is_scalar() && !node.quoted && (node.scalar == "null" || node.scalar == "~"));
}

void read_config(const Found& found, ScalingManifest& result) {
  result.policy = "ray-serve";
  constexpr std::int32_t kAutomaticMaximum = 100;
  const bool automatic = found.deployment->find("num_replicas") != nullptr;
  const YamlNode& place = found.autoscaling == nullptr ? *found.deployment : *found.autoscaling;
  result.minimum = {.count = 1, .place = place.place, .label = "min_replicas"};
  result.maximum = {automatic ? kAutomaticMaximum : 1, place.place, "max_replicas"};
  if (found.autoscaling == nullptr) {
    return;
  }
  for (const YamlEntry& entry : found.autoscaling->entries) {
    const YamlNode& value = entry.value;
    if (is_null_word(value)) {
      continue;  // the default
    }
    if (entry.key == "min_replicas") {
      result.minimum = {manifest_count(value, entry.key), value.place, entry.key};
    } else if (entry.key == "max_replicas") {
      result.maximum = {manifest_count(value, entry.key, 1), value.place, entry.key};
    } else if (entry.key == "initial_replicas") {
      result.warn(entry.key_place, "`initial_replicas` is left aside: the pool starts with `replicas.start`");
    } else if (entry.key == "policy" || entry.key == "_policy" || entry.key == "_serialized_policy_def") {
      fail(entry.key_place, "`" + entry.key +
                                "`: a policy of one's own, and what it records, is not simulated; expected "
                                "Ray's default policy, or a policy in Python (`{python: ..., class: ...}`)");
    } else if (entry.key == "smoothing_factor") {
      const double factor = manifest_number(value, entry.key);
      result.set("upscaling_factor", factor, value, entry.key);
      result.set("downscaling_factor", factor, value, entry.key);
    } else if (entry.key == "aggregation_function") {
      const std::string name = read_name(value, "aggregation", {"mean", "max", "min"});
      result.set("aggregation", name == "mean" ? 0.0 : name == "max" ? 1.0 : 2.0, value, entry.key);
    } else {
      const auto key = std::find_if(kKeys.begin(), kKeys.end(), [&](const RayKey& k) { return k.key == entry.key; });
      if (key == kKeys.end()) {
        std::vector<std::string> names{"min_replicas", "max_replicas", "initial_replicas"};
        for (const RayKey& known : kKeys) {
          names.emplace_back(known.key);
        }
        fail(entry.key_place,
             "`" + entry.key + "` of `autoscaling_config` is not simulated" + expected_names(entry.key, names));
      }
      double number = manifest_number(value, entry.key);
      if (entry.key == "downscale_to_zero_delay_s" && number == 0.0) {
        number = 1e-9;  // at once; 0 stands for `downscale_delay`
      }
      result.set(key->parameter, number, value, entry.key);
    }
  }
}

void add_lines(YamlNode& node, const Place& base, int columns) {
  node.place.line += base.line;
  node.place.column += columns;
  for (YamlNode& item : node.items) {
    add_lines(item, base, columns);
  }
  for (YamlEntry& entry : node.entries) {
    entry.key_place.line += base.line;
    entry.key_place.column += columns;
    add_lines(entry.value, base, columns);
  }
}

}  // namespace

void read_ray_serve_config(Manifest& manifest, const YamlNode& config, ScalingManifest& result) {
  const std::vector<Found> found = find_autoscalers(config);
  if (found.empty()) {
    fail(config.place, "no deployment has an `autoscaling_config`; expected one");
  }
  if (found.size() > 1) {
    fail(found[1].deployment->place, "a second deployment scales itself; expected one, for one pool");
  }
  read_config(found.front(), result);
  if (&config == &manifest.root()) {
    for (const YamlEntry& entry : config.entries) {
      manifest.take_whole(&config, {entry.key.c_str()});
    }
  }
}

void read_ray_service(Manifest& manifest, ScalingManifest& result) {
  const YamlNode* spec = manifest.take(&manifest.root(), "spec");
  if (const YamlNode* metadata = manifest.root().find("metadata"); metadata != nullptr && metadata->is_map()) {
    manifest.take_whole(metadata, {"annotations"});
  }
  const YamlNode* text = manifest.take(spec, "serveConfigV2");
  if (text == nullptr || !text->is_scalar()) {
    fail(manifest.root().place, "the manifest has no text `spec.serveConfigV2`; expected one, Serve's configuration");
  }
  for (const YamlEntry& entry : spec->entries) {
    manifest.take_whole(spec, {entry.key.c_str()});  // the cluster: the scenario has its own
  }
  constexpr int kIndent = 4;  // of a block below a key of `spec`, as manifests are written
  YamlNode config = parse_yaml(text->scalar, text->place.origin);
  add_lines(config, text->place, kIndent);
  read_ray_serve_config(manifest, config, result);
}

}  // namespace idlewatt
