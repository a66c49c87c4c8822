#include "scenario/read_autoscaling.hpp"

#include <algorithm>

#include "policy/table.hpp"
#include "scenario/fields.hpp"
#include "scenario/read_policy.hpp"
#include "scenario/scaling_manifest.hpp"

namespace idlewatt {
namespace {

const char* const kKind = "autoscaling policy";

void set_parameter(const PolicyInfo& info, const ManifestValue& value, Parameters& parameters) {
  const auto spec = std::find_if(info.parameters.begin(), info.parameters.end(),
                                 [&](const ParameterSpec& s) { return s.name == value.parameter; });
  if (spec->choices.empty() && (value.value < spec->minimum || value.value > spec->maximum)) {
    fail(value.place, "`" + value.label + "`: `" + quantity_text(value.value, spec->dimension) +
                          "` is out of range; expected " + quantity_text(spec->minimum, spec->dimension) + " to " +
                          quantity_text(spec->maximum, spec->dimension));
  }
  parameters.set(value.parameter, value.value);
}

/// The manifest's least and most replicas are the pool's.
void set_replicas(const ScalingManifest& manifest, const std::string& pool_name, ReplicaCounts& replicas) {
  replicas.minimum = manifest.minimum.count;
  if (manifest.maximum) {
    replicas.maximum = manifest.maximum->count;
  }
  const ManifestCount maximum =
      manifest.maximum.value_or(ManifestCount{replicas.maximum, manifest.minimum.place, "replicas.max"});
  if (replicas.minimum > replicas.maximum) {
    fail(manifest.minimum.place, "`" + manifest.minimum.label + "` is " + std::to_string(replicas.minimum) +
                                     ", more than `" + maximum.label + "`; expected at most " +
                                     std::to_string(replicas.maximum));
  }
  if (replicas.start < replicas.minimum || replicas.start > replicas.maximum) {
    const ManifestCount& limit = replicas.start < replicas.minimum ? manifest.minimum : maximum;
    fail(limit.place, "pool `" + pool_name + "` starts with " + std::to_string(replicas.start) + " replicas, and `" +
                          limit.label + "` is " + std::to_string(limit.count) + "; expected `replicas.start` from " +
                          std::to_string(replicas.minimum) + " to " + std::to_string(replicas.maximum));
  }
}

}  // namespace

void read_autoscaling(const YamlNode* node, ScenarioFiles& files, Pool& pool, std::vector<std::string>& warnings) {
  const std::vector<PolicyInfo> infos = infos_of(AutoscaleFamily::built_in());
  const YamlNode* path = node != nullptr && node->is_map() ? node->find("manifest") : nullptr;
  if (path == nullptr) {
    pool.autoscaling = read_policy(node, kKind, infos, kOutsideAutoscaling, files);
    return;
  }
  if (const YamlNode* policy = node->find("policy")) {
    fail(policy->place, "a manifest says which policy it is for; expected no `policy` beside `manifest`");
  }
  const std::string file = files.path(*path, "manifest");
  const YamlNode root = parse_yaml(read_text_file(file), file);
  ScalingManifest manifest = read_scaling_manifest(root, node->find("metric") != nullptr);
  const PolicyInfo& info =
      *std::find_if(infos.begin(), infos.end(), [&](const PolicyInfo& i) { return i.name == manifest.policy; });
  PolicyChoice choice{info.name, Parameters::defaults_of(info)};
  for (const ManifestValue& value : manifest.values) {
    set_parameter(info, value, choice.parameters);
  }
  read_parameters(*node, {"manifest"}, kKind, info, choice.parameters);
  pool.autoscaling = std::move(choice);
  set_replicas(manifest, pool.name, pool.replicas);
  for (std::string& warning : manifest.warnings) {
    warnings.push_back(std::move(warning));
  }
}

}  // namespace idlewatt
