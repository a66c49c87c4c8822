// Reads `autoscaling:` of a pool: a policy with its parameters, or the manifest of a real autoscaler.
#pragma once

#include <string>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The keys under `autoscaling:` of a manifest, in place of a policy.
const KeyTable& manifest_keys();

/// Sets pool.autoscaling; a manifest also sets the least and the most replicas. A null `node` sets the default policy.
/// Parameters of the policy beside `manifest:` take precedence over the manifest. Parts of the manifest without a
/// meaning here are added to `warnings`, a line each. Throws InputError.
void read_autoscaling(const YamlNode* node, ScenarioFiles& files, Pool& pool, std::vector<std::string>& warnings);

}  // namespace idlewatt
