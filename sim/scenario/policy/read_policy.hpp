// Reads the choice of a policy and its parameters, by the policy's declaration alone.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"
#include "python/python_policy.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The family of a trait, as lists show it: family_of<IdleFamily>().
template <class Family>
const PolicyFamily& family_of() {
  return policy_family_at(Family::path);
}

/// Reads `{policy: name, parameter: value...}`; a null `node` stands for the first policy of the family with its
/// defaults. Keys of the table `beside` may stand there too; the caller reads them. Throws InputError.
PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, KeyTableOf beside = nullptr);

/// A family whose policies may come from outside: the family's declarations in a plug-in, and its name for Python.
struct OutsideFamily {
  std::vector<PolicyInfo> (*of_plugin)(const PluginPolicies&);
  PythonFamily python;
};
extern const OutsideFamily kOutsideAutoscaling;
extern const OutsideFamily kOutsideIdle;
extern const OutsideFamily kOutsideAdmission;
extern const OutsideFamily kOutsideRouting;
extern const OutsideFamily kOutsidePoolRouting;
extern const OutsideFamily kOutsidePower;

/// Reads the choice of a policy that may also come from a plug-in, `{policy: {plugin: ./libmine.so, name: mine,
/// parameter: value...}}`, or be a Python class, `{policy: {python: ./mine.py, class: Mine, parameter: value...}}`.
/// Throws InputError.
PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, const OutsideFamily& outside,
                         ScenarioFiles& files);

/// Reads the parameters in `node`, a map with the keys of `table`, which was made from `info`. Throws InputError.
void read_parameters(const YamlNode& node, const KeyTable& table, const std::string& kind, const PolicyInfo& info,
                     Parameters& parameters);

}  // namespace idlewatt
