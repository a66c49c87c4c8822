#include "manifests/read_pod.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace idlewatt {
namespace {

void read_environment(const YamlNode& container, const ConfigMaps& maps, Variables& variables) {
  for (const YamlNode* source : list_below(container, {"envFrom"})) {
    const auto map = maps.find(text_below(*source, {"configMapRef", "name"}));
    if (map != maps.end()) {
      for (const YamlEntry& entry : map->second->entries) {
        variables[text_below(*source, {"prefix"}) + entry.key] = {entry.value.scalar, entry.value.place, entry.key};
      }
    }
  }
  for (const YamlNode* variable : list_below(container, {"env"})) {
    const std::string name = text_below(*variable, {"name"});
    if (const auto value = stated_below(*variable, {"value"})) {
      variables[name] = {value->text, value->place, name};
    } else if (const YamlNode* key = below(*variable, {"valueFrom", "configMapKeyRef"})) {
      const auto map = maps.find(text_below(*key, {"name"}));
      const YamlNode* found = map == maps.end() ? nullptr : map->second->find(text_below(*key, {"key"}));
      if (found != nullptr) {
        variables[name] = {found->scalar, found->place, name};
      }
    }
  }
}

void read_words(const YamlNode& container, const char* key, Words& words) {
  const YamlNode* node = below(container, {key});
  if (node != nullptr && node->is_scalar()) {
    words.push_back({node->scalar, node->place, node->scalar});
  }
  for (const YamlNode* word : list_below(container, {key})) {
    if (word->is_scalar()) {
      words.push_back({word->scalar, word->place, word->scalar});
    }
  }
}

Container read_container(const YamlNode& node, const YamlNode& pod, const ConfigMaps& maps) {
  Container container{.name = text_below(node, {"name"}),
                      .image = text_below(node, {"image"}),
                      .place = node.place,
                      .words = {},
                      .variables = {},
                      .mounted = {},
                      .accelerators = {},
                      .resource = {}};
  read_words(node, "command", container.words);
  read_words(node, "args", container.words);
  read_environment(node, maps, container.variables);
  if (const YamlNode* resources = below(node, {"resources"})) {
    read_accelerators(*resources, container.accelerators, container.resource);
  }
  for (const YamlNode* mount : list_below(node, {"volumeMounts"})) {
    for (const YamlNode* volume : list_below(pod, {"volumes"})) {
      if (text_below(*volume, {"name"}) == text_below(*mount, {"name"}) && below(*volume, {"configMap"}) != nullptr) {
        container.mounted[text_below(*mount, {"mountPath"})] = text_below(*volume, {"configMap", "name"});
      }
    }
  }
  return container;
}

/// The arguments of a configuration file that a ConfigMap holds.
void follow_config_file(const Container& container, const ConfigMaps& maps, const ServingEngine& engine,
                        FoundPool& pool) {
  const Stated* file = pool.arguments.find(Setting::config_file);
  if (file == nullptr) {
    return;
  }
  for (const auto& [path, map] : container.mounted) {
    const auto found = maps.find(map);
    if (!file->text.starts_with(path) || found == maps.end()) {
      continue;
    }
    std::string key = file->text.substr(path.size());
    key.erase(0, key.find_first_not_of('/'));
    const YamlNode* content = key.empty() && !found->second->entries.empty() ? &found->second->entries.front().value
                                                                             : found->second->find(key);
    if (content == nullptr) {
      continue;
    }
    pool.arguments.take(arguments_of(tree_in(*content), engine));  // the command line takes precedence
    return;
  }
  fail(file->place, fmt::format("`{}`: the arguments are in a file that no ConfigMap of these documents holds; "
                                "expected the ConfigMap beside the object",
                                file->said));
}

/// TGI takes every argument from the variable of its name, too: MAX_TOTAL_TOKENS is --max-total-tokens.
void read_environment_arguments(const Variables& variables, const ServingEngine& engine, FoundPool& pool) {
  for (const auto& [name, value] : variables) {
    ServerArguments one = argument_of(
        plain_name(name), {.text = value.text, .place = value.place, .said = name + "=" + value.text}, engine);
    one.unknown.clear();  // variables of other programs
    pool.arguments.take(std::move(one));
  }
}

/// A container that serves, or has accelerators.
struct ServerContainer {
  const Container* container = nullptr;
  std::optional<RecognisedServer> recognised = {};

  /// True: it is one by its accelerators or its command. An image alone may also be that of a helper beside the server.
  bool certain() const { return container->accelerators.has_value() || (recognised && recognised->by_command); }
};

/// The container that serves; none without one. Throws InputError for a second one.
ServerContainer server_of_pod(const Pod& pod) {
  ServerContainer server;
  for (const Container& container : pod.containers) {
    ServerContainer one{&container,
                        recognise_server(commands_of(container.words, container.variables), container.image)};
    if (!one.recognised && !container.accelerators) {
      continue;
    }
    if (server.container != nullptr && server.certain() == one.certain()) {
      fail(container.place,
           fmt::format("container `{}` is a second server, beside container `{}`; expected one server a pod",
                       container.name, server.container->name));
    }
    if (server.container == nullptr || one.certain()) {
      server = std::move(one);
    }
  }
  return server;
}

}  // namespace

void read_accelerators(const YamlNode& resources, std::optional<Stated>& accelerators, std::string& resource) {
  for (const char* part : {"limits", "requests"}) {
    const YamlNode* map = below(resources, {part});
    if (map == nullptr) {
      continue;
    }
    for (const YamlEntry& entry : map->entries) {
      if (entry.key.starts_with("nvidia.com/mig-") || entry.key == "nvidia.com/gpu.shared") {
        fail(entry.key_place,
             fmt::format(
                 "`{}: {}` is a part of an accelerator, which is not simulated; expected whole ones (`nvidia.com/gpu`)",
                 entry.key, entry.value.scalar));
      }
      if ((is_accelerator(entry.key) || entry.key == "gpu") && !accelerators && entry.value.scalar != "0") {
        accelerators = Stated{entry.value.scalar, entry.value.place, entry.key + ": " + entry.value.scalar};
        resource = entry.key;
      }
    }
  }
}

std::map<std::string, Stated> node_labels_of(const YamlNode& spec) {
  std::map<std::string, Stated> labels = map_below(spec, {"nodeSelector"});
  const auto add_terms = [&](const std::vector<const YamlNode*>& terms) {
    if (terms.size() != 1) {
      return;  // several terms are alternatives
    }
    for (const YamlNode* expression : list_below(*terms.front(), {"matchExpressions"})) {
      const std::vector<const YamlNode*> values = list_below(*expression, {"values"});
      if (text_below(*expression, {"operator"}) == "In" && values.size() == 1 && values.front()->is_scalar()) {
        const std::string key = text_below(*expression, {"key"});
        labels[key] = {values.front()->scalar, values.front()->place, key + ": " + values.front()->scalar};
      }
    }
  };
  add_terms(list_below(
      spec, {"affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"}));
  add_terms(list_below(spec, {"nodeSelectorTerms"}));  // of the production stack's values
  return labels;
}

Pod read_pod(const YamlNode& spec, const ConfigMaps& maps) {
  Pod pod{.place = spec.place, .containers = {}, .node_labels = node_labels_of(spec)};
  for (const YamlNode* container : list_below(spec, {"containers"})) {
    pod.containers.push_back(read_container(*container, spec, maps));
  }
  return pod;
}

void read_argument_line(const Stated& line, const Variables& variables, const ServingEngine& engine, FoundPool& pool) {
  // The variable goes to a shell that removes quotes, or does not: JSON may stand there without any.
  Words words;
  if (line.text.find('{') != std::string::npos && line.text.find('\'') == std::string::npos) {
    std::string word;
    for (const char c : line.text + " ") {
      if (c == ' ' && std::count(word.begin(), word.end(), '{') == std::count(word.begin(), word.end(), '}')) {
        if (!word.empty()) {
          words.push_back({word, line.place, word});
        }
        word.clear();
      } else {
        word += c;
      }
    }
  } else {
    words = words_of_line(line, variables);
  }
  read_arguments(words, engine, pool.arguments);
}

bool read_server(const Pod& pod, const ConfigMaps& maps, FoundPool& pool, const ServingEngine* engine) {
  const auto [server, recognised] = server_of_pod(pod);
  if (server == nullptr) {
    return false;
  }
  if (server->accelerators) {
    pool.accelerators = server->accelerators;
    pool.resource = server->resource;
  }
  pool.image = server->image;
  for (const auto& [key, label] : pod.node_labels) {
    pool.node_labels[key] = label;
  }
  if (recognised && engine == nullptr) {
    engine = recognised->engine;
  }
  if (engine == nullptr) {
    return true;
  }
  pool.arguments.engine = engine->name;
  if (recognised) {
    read_arguments(recognised->words, *engine, pool.arguments);
  }
  for (const char* name : {"VLLM_ADDITIONAL_ARGS", "SGLANG_ADDITIONAL_ARGS"}) {
    if (const auto line = server->variables.find(name); line != server->variables.end()) {
      read_argument_line(line->second, server->variables, *engine, pool);
    }
  }
  if (engine->name == EngineName::tgi) {
    read_environment_arguments(server->variables, *engine, pool);
  }
  follow_config_file(*server, maps, *engine, pool);
  return true;
}

}  // namespace idlewatt
