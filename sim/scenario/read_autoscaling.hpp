// Reads `autoscaling:` of a pool: a policy with its parameters, or the manifest of a real autoscaler.
#pragma once

#include <string>
#include <vector>

#include "scenario/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// What stands under `autoscaling:` in place of a policy.
const KeyTable& manifest_keys();

/// Sets pool.autoscaling; a manifest also sets the least and the most replicas. `node` null: the default policy. Beside
/// `manifest:` parameters of its policy may stand, which take precedence. What of the manifest has no meaning here is
/// added to `warnings`, a line each. Throws InputError.
void read_autoscaling(const YamlNode* node, ScenarioFiles& files, Pool& pool, std::vector<std::string>& warnings);

}  // namespace idlewatt
