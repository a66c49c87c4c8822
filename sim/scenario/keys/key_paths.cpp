#include "scenario/keys/key_paths.hpp"

#include <algorithm>

#include "scenario/policy/policy_keys.hpp"

namespace idlewatt {
namespace {

using Paths = std::vector<std::string>;

void add(Paths& paths, const Paths& more) {
  for (const std::string& path : more) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) {
      paths.push_back(path);
    }
  }
}

Paths paths_of(const Form& form, const YamlNode* node, const std::string& path);

Paths policy_paths(const Form& form, const YamlNode* node, const std::string& path) {
  const YamlNode* name = node != nullptr ? node->find("policy") : nullptr;
  for (const PolicyInfo& info : policy_family_at(form.name).policies) {
    if (name != nullptr && name->scalar == info.name) {
      return key_paths(policy_keys(info, form.table), node, path + ".");
    }
  }
  return {path + ".policy"};
}

Paths list_paths(const Form& form, const YamlNode* node, const std::string& path) {
  Paths paths;
  const std::size_t size = node != nullptr ? node->items.size() : 0;
  for (std::size_t i = 0; i < size; ++i) {
    add(paths, paths_of(form.parts.front(), &node->items[i], size == 1 ? path : path + "." + std::to_string(i)));
  }
  return paths;
}

Paths paths_of(const Form& form, const YamlNode* node, const std::string& path) {
  Paths paths{path};
  switch (form.kind) {
    case Form::Kind::map:
      add(paths, key_paths(form.table(), node, path + "."));
      break;
    case Form::Kind::list:
      add(paths, list_paths(form, node, path));
      break;
    case Form::Kind::by_name:
      for (const YamlEntry& entry : node != nullptr ? node->entries : std::vector<YamlEntry>()) {
        add(paths, paths_of(form.parts.front(), &entry.value, path + "." + entry.key));
      }
      break;
    case Form::Kind::policy:
      add(paths, policy_paths(form, node, path));
      break;
    case Form::Kind::either:
      for (const Form& part : form.parts) {
        add(paths, paths_of(part, node, path));
      }
      break;
    default:
      break;
  }
  return paths;
}

}  // namespace

std::vector<std::string> key_paths(const KeyTable& table, const YamlNode* node, const std::string& prefix) {
  Paths paths;
  for (const Key& key : table.keys()) {
    add(paths, paths_of(key.form, node != nullptr ? node->find(key.name) : nullptr, prefix + key.name));
  }
  return paths;
}

}  // namespace idlewatt
