// Reads the choice of a policy and its parameters, from nothing but the policy's declaration.
#pragma once

#include <string>
#include <vector>

#include "policy/declaration.hpp"
#include "python/python_policy.hpp"
#include "scenario/read_scenario.hpp"
#include "scenario/scenario.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// `{policy: name, parameter: value...}`; `node` null: the first of `infos` with its defaults. `kind` is "batching
/// policy"; `also` are keys that may stand there and that the caller reads. Throws InputError.
PolicyChoice read_policy(const YamlNode* node, const std::string& kind, const std::vector<PolicyInfo>& infos,
                         const std::vector<std::string>& also = {});

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
PolicyChoice read_policy(const YamlNode* node, const std::string& kind, const std::vector<PolicyInfo>& infos,
                         const OutsideFamily& outside, ScenarioFiles& files);

/// The parameters that `node` gives, a map that may hold those of `info` and the keys `choosers`. Throws InputError.
void read_parameters(const YamlNode& node, const std::vector<std::string>& choosers, const std::string& kind,
                     const PolicyInfo& info, Parameters& parameters);

}  // namespace idlewatt
