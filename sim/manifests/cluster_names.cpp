#include "manifests/cluster_names.hpp"

#include <algorithm>

#include "manifests/tree.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

YamlNode table_of(const std::string& platforms_dir, const std::string& name) {
  const std::string file = platforms_dir + "/names/" + name + ".yaml";
  return parse_yaml(read_text_file(file), file);
}

/// Removes a word behind a `-`, and the `-`; returns whether it was there.
bool remove_ending(std::string& name, const std::string& word) {
  if (name.size() > word.size() + 1 && name.ends_with("-" + word)) {
    name.resize(name.size() - word.size() - 1);
    return true;
  }
  return false;
}

bool remove_date(std::string& name) {
  constexpr std::size_t kDigits = 4;
  const std::size_t dash = name.find_last_of('-');
  if (dash == std::string::npos || name.size() - dash - 1 != kDigits ||
      name.find_first_not_of("0123456789", dash + 1) != std::string::npos) {
    return false;
  }
  name.resize(dash);
  return true;
}

}  // namespace

ClusterNames::ClusterNames(const std::string& platforms_dir, const Catalog& catalog) {
  const YamlNode accelerators = table_of(platforms_dir, "accelerators");
  for (const YamlNode* label : list_below(accelerators, {"labels"})) {
    labels_.push_back(label->scalar);
  }
  for (const auto& [name, stated] : map_below(accelerators, {"names"})) {
    accelerators_[plain_name(name)] = {
        read_name(*below(accelerators, {"names", name}), "accelerator", keys_of(catalog.accelerators))};
  }
  if (const YamlNode* names = below(accelerators, {"names"})) {
    for (const YamlEntry& entry : names->entries) {
      label_of_.try_emplace(entry.value.scalar, entry.key);
    }
  }
  if (const YamlNode* several = below(accelerators, {"several"})) {
    for (const YamlEntry& entry : several->entries) {
      for (const YamlNode& item : entry.value.items) {
        accelerators_[plain_name(entry.key)].push_back(read_name(item, "accelerator", keys_of(catalog.accelerators)));
      }
    }
  }
  const YamlNode instances = table_of(platforms_dir, "instances");
  if (const YamlNode* types = below(instances, {"instances"})) {
    for (const YamlEntry& entry : types->entries) {
      const Fields fields(entry.value, "instance type `" + entry.key + "`", {"accelerator", "accelerators", "servers"});
      instances_[plain_name(entry.key)] = {
          .accelerator = fields.name("accelerator", "accelerator", keys_of(catalog.accelerators)),
          .accelerators = fields.count("accelerators", 1, 1024),
          .server = fields.name_or("servers", "server", keys_of(catalog.servers), "")};
    }
  }
  for (const auto& [type, why] : map_below(instances, {"missing"})) {
    missing_[plain_name(type)] = why.text;
  }
  const YamlNode models = table_of(platforms_dir, "models");
  for (const auto& [name, model] : catalog.models) {
    models_[plain_name(name)] = name;
  }
  if (const YamlNode* names = below(models, {"names"})) {
    for (const YamlEntry& entry : names->entries) {
      const std::string model = read_name(entry.value, "model", keys_of(catalog.models));
      models_.try_emplace(plain_name(entry.key), model);  // a model of the catalogue has its own name
    }
  }
  for (const auto& [model, precision] : map_below(models, {"stored"})) {
    stored_[model] = precision.text;
  }
  for (const auto& [model, repository] : map_below(models, {"repositories"})) {
    repositories_[model] = repository.text;
  }
  for (const auto& [ending, precision] : map_below(models, {"quantised"})) {
    quantised_[plain_name(ending)] = precision.text;
  }
  for (const YamlNode* word : list_below(models, {"tuned"})) {
    tuned_.push_back(word->scalar);
  }
}

std::vector<std::string> ClusterNames::accelerators(const std::string& name) const {
  const auto found = accelerators_.find(plain_name(name));
  return found == accelerators_.end() ? std::vector<std::string>() : found->second;
}

std::optional<InstanceType> ClusterNames::instance(const std::string& type) const {
  const auto found = instances_.find(plain_name(type));
  return found == instances_.end() ? std::nullopt : std::optional(found->second);
}

std::string ClusterNames::instance_missing(const std::string& type) const {
  const auto found = missing_.find(plain_name(type));
  return found == missing_.end() ? "" : found->second;
}

std::optional<NamedModel> ClusterNames::model(const std::string& repository) const {
  NamedModel named = search(repository);
  if (named.entry.empty()) {
    return std::nullopt;
  }
  if (const auto stored = stored_.find(named.entry); named.precision.empty() && stored != stored_.end()) {
    named.precision = stored->second;
  }
  return named;
}

std::string ClusterNames::format_of(const std::string& repository) const {
  return search(repository).precision;
}

NamedModel ClusterNames::search(const std::string& repository) const {
  std::string whole = repository;
  while (whole.ends_with('/')) {
    whole.pop_back();
  }
  std::string name = plain_name(whole.substr(whole.find_last_of('/') + 1));
  NamedModel named;
  for (bool shorter = true; shorter;) {
    if (const auto found = models_.find(name); found != models_.end()) {
      named.entry = found->second;
      named.by_shape = name != found->second;
      return named;
    }
    shorter = remove_date(name) || std::any_of(tuned_.begin(), tuned_.end(),
                                               [&](const std::string& word) { return remove_ending(name, word); });
    if (!shorter && named.precision.empty()) {
      for (const auto& [ending, precision] : quantised_) {
        if (remove_ending(name, ending)) {
          named.precision = precision;
          shorter = true;
          break;
        }
      }
    }
  }
  return named;
}

std::string ClusterNames::repository_of(const std::string& model) const {
  const auto found = repositories_.find(model);
  return found == repositories_.end() ? "" : found->second;
}

std::string ClusterNames::label_of(const std::string& accelerator) const {
  const auto found = label_of_.find(accelerator);
  return found == label_of_.end() ? "" : found->second;
}

}  // namespace idlewatt
