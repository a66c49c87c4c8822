// The keys of the choice of a policy, made from the policy's declaration.
#pragma once

#include <string>
#include <vector>

#include "policy/table.hpp"
#include "scenario/key_table.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// `policy` and the parameters of one; with `beside` also the keys of that table.
KeyTable policy_keys(const PolicyInfo& info, KeyTableOf beside = nullptr);

/// The parameters of a policy behind the keys that choose it: those of a plug-in, of Python or of a manifest.
KeyTable parameter_keys(const PolicyInfo& info, std::vector<Key> choosers);

/// What chooses a policy of a plug-in, and a class of Python. Parameters stand beside them.
const KeyTable& plugin_keys();
const KeyTable& python_keys();

/// The form of a parameter's value.
Form parameter_form(const ParameterSpec& spec);

/// A moment of a timetable.
const KeyTable& moment_keys();

/// The policy of the family that `{policy: name...}` names. Throws InputError.
const PolicyInfo& named_policy(const YamlNode& node, const PolicyFamily& family);

}  // namespace idlewatt
