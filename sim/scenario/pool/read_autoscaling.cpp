#include "scenario/pool/read_autoscaling.hpp"

#include <algorithm>

#include "policy/table.hpp"
#include "scenario/manifest/scaling_manifest.hpp"
#include "scenario/policy/policy_keys.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

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
void set_replicas(ScalingManifest& manifest, const std::string& pool_name, ReplicaCounts& replicas) {
  replicas.minimum = manifest.minimum.count;
  if (manifest.default_maximum && replicas.maximum < manifest.maximum->count) {
    manifest.warn(manifest.maximum->place, "`" + manifest.maximum->label + "` is more than `replicas.max` of pool `" +
                                               pool_name + "`, " + std::to_string(replicas.maximum) + ", which stands");
    manifest.maximum.reset();
  }
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

/// What stands beside `manifest:` of its metric and its target.
BesideManifest beside_manifest(const YamlNode& node) {
  BesideManifest beside{.metric = {}, .target = {}, .place = node.place};
  if (const YamlNode* metric = node.find("metric")) {
    // Of policies hpa and keda; another policy's reader names what it expects.
    const std::vector<std::string> choices = metric_choices();
    const auto found = std::find(choices.begin(), choices.end(), metric->scalar);
    if (found != choices.end()) {
      beside.metric = static_cast<Metric>(found - choices.begin());
    }
    beside.place = metric->place;
  }
  if (const YamlNode* target = node.find("target")) {
    beside.target = read_quantity(*target, "`target`", Dimension::number, {.minimum = 0.001});
    beside.place = target->place;
  }
  return beside;
}

void warn_of_zero(const YamlNode* node, const Pool& pool, std::vector<std::string>& warnings) {
  if (node != nullptr && pool.autoscaling.name == "hpa" && pool.replicas.minimum == 0 &&
      pool.autoscaling.parameters.get("scale_to_zero") == 0.0) {
    warnings.push_back(node->place.text() + ": warning: `replicas.min` of pool `" + pool.name +
                       "` is 0, and a HorizontalPodAutoscaler keeps at least 1; expected `scale_to_zero: yes` "
                       "(Kubernetes' feature gate HPAScaleToZero), or a minimum of 1");
  }
}

}  // namespace

const KeyTable& manifest_keys() {
  static const KeyTable table =
      KeyTable(
          "Manifests of autoscalers",
          "What the manifest of a real autoscaler says, in place of a policy; parameters of the policy that it is for "
          "may stand beside it. [Which manifests](manifests/README.md).",
          "{manifest: keda/scaledobject.yaml}",
          {{.name = "manifest",
            .form = text_form("the path of a manifest"),
            .must = true,
            .help = "path of the manifest, relative to this file"}})
          .and_more();
  return table;
}

void read_autoscaling(const YamlNode* node, ScenarioFiles& files, Pool& pool, std::vector<std::string>& warnings) {
  const PolicyFamily& family = family_of<AutoscaleFamily>();
  const YamlNode* path = node != nullptr && node->is_map() ? node->find("manifest") : nullptr;
  if (path == nullptr) {
    pool.autoscaling = read_policy(node, family, kOutsideAutoscaling, files);
    warn_of_zero(node, pool, warnings);
    return;
  }
  if (const YamlNode* policy = node->find("policy")) {
    fail(policy->place, "a manifest says which policy it is for; expected no `policy` beside `manifest`");
  }
  const std::string file = files.path(*path, "manifest");
  ScalingManifest manifest =
      read_scaling_manifest(parse_yaml_documents(read_text_file(file), file), beside_manifest(*node));
  const PolicyInfo& info = *std::find_if(family.policies.begin(), family.policies.end(),
                                         [&](const PolicyInfo& i) { return i.name == manifest.policy; });
  PolicyChoice choice{info.name, Parameters::defaults_of(info)};
  for (const ManifestValue& value : manifest.values) {
    set_parameter(info, value, choice.parameters);
  }
  read_parameters(*node, parameter_keys(info, manifest_keys().keys()), family.kind, info, choice.parameters);
  choice.parameters.set_setup(manifest.setup);
  pool.autoscaling = std::move(choice);
  set_replicas(manifest, pool.name, pool.replicas);
  for (std::string& warning : manifest.warnings) {
    warnings.push_back(std::move(warning));
  }
}

}  // namespace idlewatt
