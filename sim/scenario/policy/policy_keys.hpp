// The keys of a policy choice, made from the policy's declaration.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// The key `policy` and the parameters of a policy; with `beside` also the keys of that table.
KeyTable policy_keys(const PolicyInfo& info, KeyTableOf beside = nullptr);

/// The keys `choosers`, which choose a policy of a plug-in, of Python or of a manifest, and the policy's parameters.
KeyTable parameter_keys(const PolicyInfo& info, std::vector<Key> choosers);

/// The keys that choose a policy of a plug-in, and a Python class. Parameters stand beside them.
const KeyTable& plugin_keys();
const KeyTable& python_keys();

/// The form of a parameter's value.
Form parameter_form(const ParameterSpec& spec);

/// The keys of one entry of a timetable.
const KeyTable& moment_keys();

/// The policy that `{policy: name...}` names in a family. Throws InputError when the family lacks it.
const PolicyInfo& named_policy(const YamlNode& node, const PolicyFamily& family);

}  // namespace idlewatt
