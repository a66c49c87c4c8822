#include "scenario/read_policy.hpp"

#include <algorithm>

#include "scenario/fields.hpp"

namespace idlewatt {
namespace {

double read_parameter(const YamlNode& node, const ParameterSpec& spec) {
  if (spec.choices.empty()) {
    return read_quantity(node, "`" + spec.name + "`", spec.dimension,
                         {.minimum = spec.minimum, .maximum = spec.maximum});
  }
  const std::string word = read_name(node, spec.name, spec.choices);
  return static_cast<double>(std::find(spec.choices.begin(), spec.choices.end(), word) - spec.choices.begin());
}

}  // namespace

PolicyChoice read_policy(const YamlNode* node, const std::string& kind, const std::vector<PolicyInfo>& infos) {
  if (node == nullptr) {
    return {infos.front().name, Parameters::defaults_of(infos.front())};
  }
  std::vector<std::string> names;
  for (const PolicyInfo& info : infos) {
    names.push_back(info.name);
  }
  const YamlNode* name = node->is_map() ? node->find("policy") : nullptr;
  if (name == nullptr) {
    fail(node->place, "the " + kind + " is not named; expected a map such as `{policy: " + names.front() +
                          "}`, with one of " + list_text(names));
  }
  const std::string chosen = read_name(*name, kind, names);
  const PolicyInfo& info = *std::find_if(infos.begin(), infos.end(), [&](const auto& i) { return i.name == chosen; });

  std::vector<std::string> known{"policy"};
  for (const ParameterSpec& spec : info.parameters) {
    known.push_back(spec.name);
  }
  const Fields fields(*node, kind + " `" + info.name + "`", known);
  PolicyChoice choice{info.name, Parameters::defaults_of(info)};
  for (const ParameterSpec& spec : info.parameters) {
    if (const YamlNode* value = fields.find(spec.name)) {
      choice.parameters.set(spec.name, read_parameter(*value, spec));
    }
  }
  return choice;
}

}  // namespace idlewatt
