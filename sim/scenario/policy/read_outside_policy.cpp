// Policies from outside of the program: of a plug-in, and classes of Python.
#include <algorithm>

#include "policy/table.hpp"
#include "scenario/policy/policy_keys.hpp"
#include "scenario/policy/python_literal.hpp"
#include "scenario/policy/read_policy.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

/// What stands beside the choice of a policy from outside: nothing, for its parameters stand with it.
const KeyTable& chooser_keys() {
  static const KeyTable table{"Policies from outside",
                              "A policy of a plug-in, or a class of Python.",
                              "{policy: {plugin: ./libmine.so, name: mine}}",
                              {{.name = "policy",
                                .form = either_form({map_form(plugin_keys), map_form(python_keys)}),
                                .must = true,
                                .help = "the policy, with its parameters"}}};
  return table;
}

PolicyChoice read_of_plugin(const YamlNode& entry, const YamlNode& path, const std::string& kind,
                            const OutsideFamily& outside, ScenarioFiles& files) {
  const std::shared_ptr<const Plugin> plugin = files.plugin(path);
  const std::vector<PolicyInfo> declared = outside.of_plugin(plugin->policies());
  std::vector<std::string> names;
  for (const PolicyInfo& info : declared) {
    names.push_back(info.name);
  }
  if (names.empty()) {
    fail(path.place, "plug-in `" + plugin->path() + "` declares no " + kind + "; expected one that does");
  }
  const YamlNode* name = entry.find("name");
  if (name == nullptr) {
    fail(entry.place,
         "the " + kind + " of the plug-in is not named; expected `name:` to be one of " + list_text(names));
  }
  const std::string chosen = read_name(*name, kind + " of the plug-in", names);
  const PolicyInfo& info =
      *std::find_if(declared.begin(), declared.end(), [&](const auto& i) { return i.name == chosen; });
  PolicyChoice choice{info.name, Parameters::defaults_of(info), plugin};
  read_parameters(entry, parameter_keys(info, plugin_keys().keys()), kind, info, choice.parameters);
  return choice;
}

PolicyChoice read_of_python(const YamlNode& entry, const YamlNode& path, const std::string& kind,
                            const OutsideFamily& outside, ScenarioFiles& files) {
  const YamlNode* name = entry.find("class");
  if (name == nullptr) {
    fail(entry.place, "the class of the " + kind + " is not named; expected `class:` beside `python:`");
  }
  PythonChoice python;
  python.family = outside.python;
  python.class_name = read_text(*name, "`class`", "a name");
  for (const YamlEntry& parameter : entry.entries) {
    if (parameter.key != "python" && parameter.key != "class") {
      python.keywords.emplace_back(parameter.key, python_literal(parameter.value));
    }
  }
  return {python.class_name, {}, files.python_policy(path, python)};
}

}  // namespace

const OutsideFamily kOutsideAutoscaling{[](const PluginPolicies& p) { return infos_of(p.autoscaling); },
                                        PythonFamily::autoscaling};
const OutsideFamily kOutsideIdle{[](const PluginPolicies& p) { return infos_of(p.idle); }, PythonFamily::idle};
const OutsideFamily kOutsideAdmission{[](const PluginPolicies& p) { return infos_of(p.admission); },
                                      PythonFamily::admission};
const OutsideFamily kOutsideRouting{[](const PluginPolicies& p) { return infos_of(p.routing); }, PythonFamily::routing};
const OutsideFamily kOutsidePoolRouting{[](const PluginPolicies& p) { return infos_of(p.pool_routing); },
                                        PythonFamily::pool_routing};
const OutsideFamily kOutsidePower{[](const PluginPolicies& p) { return infos_of(p.power); }, PythonFamily::power};

PolicyChoice read_policy(const YamlNode* node, const PolicyFamily& family, const OutsideFamily& outside,
                         ScenarioFiles& files) {
  const YamlNode* entry = node != nullptr && node->is_map() ? node->find("policy") : nullptr;
  if (entry == nullptr || !entry->is_map()) {
    return read_policy(node, family);
  }
  const std::string& kind = family.kind;
  const Section outer(*node, "the " + kind, chooser_keys());
  const YamlNode* plugin = entry->find("plugin");
  const YamlNode* python = entry->find("python");
  if (plugin == nullptr && python == nullptr) {
    fail(entry->place, "`policy` is a map without `plugin` and `python`; expected the name of a " + kind +
                           ", `{plugin: ./libmine.so, name: mine}` or `{python: ./mine.py, class: Mine}`");
  }
  if (plugin != nullptr && python != nullptr) {
    fail(python->place, "`policy` has `plugin` and `python`; expected one of them");
  }
  return plugin != nullptr ? read_of_plugin(*entry, *plugin, kind, outside, files)
                           : read_of_python(*entry, *python, kind, outside, files);
}

}  // namespace idlewatt
