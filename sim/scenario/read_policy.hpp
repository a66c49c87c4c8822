// Reads the choice of a policy and its parameters, from nothing but the policy's declaration.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"
#include "python/python_policy.hpp"
#include "scenario/key_table.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// The family of the trait, as lists show it: family_of<IdleFamily>().
template <class Family>
const PolicyFamily& family_of() {
  return policy_family_at(Family::path);
}

/// `{policy: name, parameter: value...}`; `node` null: the first policy of the family with its defaults. Keys of the
/// table `beside` may stand there, and the caller reads them. Throws InputError.
PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, KeyTableOf beside = nullptr);

/// A family whose policies may come from outside: what a plug-in has of it, and what it is to Python.
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

/// The same, where the policy may also be one of a plug-in, `{policy: {plugin: ./libmine.so, name: mine, parameter:
/// value...}}`, or a class of Python, `{policy: {python: ./mine.py, class: Mine, parameter: value...}}`.
PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, const OutsideFamily& outside,
                         ScenarioFiles& files);

/// The parameters that `node` gives, a map with the keys of `table`, which was made from `info`. Throws InputError.
void read_parameters(const YamlNode& node, const KeyTable& table, const std::string& kind, const PolicyInfo& info,
                     Parameters& parameters);

}  // namespace idlewatt
