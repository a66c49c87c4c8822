#include "scenario/policy/policy_keys.hpp"

#include <algorithm>
#include <utility>

#include "scenario/policy/policy_families.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {

const KeyTable& moment_keys() {
  static const KeyTable table{
      "Moments of a timetable",
      "A moment of the week, and how many replicas there are from then on.",
      "{at: \"mon-fri 08:00\", replicas: 8}",
      {{.name = "at",
        .form = text_form("days and a time such as `mon-fri 08:00`"),
        .must = true,
        .help = "days and a time of day"},
       {.name = "replicas", .form = count_form(0, 1'000'000), .must = true, .help = "replicas from then on"}}};
  return table;
}

Form parameter_form(const ParameterSpec& spec) {
  if (spec.is_schedule()) {
    return list_form(map_form(moment_keys).named("an entry of `" + spec.name + "`"))
        .expecting("a list such as `" + schedule_text(spec.schedule) + "`");
  }
  return spec.choices.empty() ? quantity_form(spec.dimension, {.minimum = spec.minimum, .maximum = spec.maximum})
                              : word_form(spec.name, spec.choices);
}

const KeyTable& plugin_keys() {
  static const KeyTable table =
      KeyTable("Policies of plug-ins",
               "A policy of a plug-in: a shared library, its policy, and that one's parameters. "
               "[The guide](../sim/policy/README.md) tells how to write one.",
               "{plugin: ./libmine.so, name: mine}",
               {{.name = "plugin",
                 .form = text_form("the path of a shared library"),
                 .must = true,
                 .help = "path of the shared library, relative to this file"},
                {.name = "name",
                 .form = text_form("the name of a policy of the plug-in"),
                 .must = true,
                 .help = "which of its policies"}})
          .and_more();
  return table;
}

const KeyTable& python_keys() {
  static const KeyTable table =
      KeyTable(
          "Policies in Python", "A class of Python. All other keys go to its constructor.",
          "{python: ./mine.py, class: Mine}",
          {{.name = "python",
            .form = text_form("the path of a file of Python"),
            .must = true,
            .help = "path of the file, relative to this file"},
           {.name = "class", .form = text_form("the name of a class"), .must = true, .help = "which of its classes"}})
          .and_more();
  return table;
}

KeyTable parameter_keys(const PolicyInfo& info, std::vector<Key> choosers) {
  std::vector<Key> keys = std::move(choosers);
  for (const ParameterSpec& spec : info.parameters) {
    keys.push_back({.name = spec.name,
                    .form = parameter_form(spec),
                    .must = spec.is_schedule(),
                    .otherwise = spec.is_schedule() ? "" : default_text(spec),
                    .help = spec.help});
  }
  return {info.name, info.summary, policy_example(info), std::move(keys)};
}

KeyTable policy_keys(const PolicyInfo& info, KeyTableOf beside) {
  std::vector<Key> keys{
      {.name = "policy", .form = text_form("the name of a policy"), .must = true, .help = info.summary}};
  if (beside != nullptr) {
    keys.insert(keys.end(), beside().keys().begin(), beside().keys().end());
  }
  return parameter_keys(info, std::move(keys));
}

const PolicyInfo& named_policy(const YamlNode& node, const PolicyFamily& family) {
  std::vector<std::string> names;
  for (const PolicyInfo& info : family.policies) {
    names.push_back(info.name);
  }
  const YamlNode* name = node.is_map() ? node.find("policy") : nullptr;
  if (name == nullptr) {
    fail(node.place, "the " + family.kind + " is not named; expected a map such as `{policy: " + names.front() +
                         "}`, with one of " + list_text(names));
  }
  const std::string chosen = read_name(*name, family.kind, names);
  return *std::find_if(family.policies.begin(), family.policies.end(),
                       [&](const PolicyInfo& info) { return info.name == chosen; });
}

}  // namespace idlewatt
