#include "scenario/catalog/layer_kinds.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "scenario/catalog/figures.hpp"

namespace idlewatt {
namespace {

constexpr std::int32_t kMaxCount = 2'000'000'000;

/// The last key of a path, and the map in which it stands; null where that is not given.
const YamlNode* map_of(const YamlNode& kind, const std::string& path) {
  const YamlNode* map = &kind;
  std::size_t begin = 0;
  for (std::size_t dot = path.find('.'); dot != std::string::npos && map != nullptr; dot = path.find('.', begin)) {
    map = map->is_map() ? map->find(path.substr(begin, dot - begin)) : nullptr;
    begin = dot + 1;
  }
  return map;
}

std::string last_key(const std::string& path) {
  return path.substr(path.rfind('.') == std::string::npos ? 0 : path.rfind('.') + 1);
}

/// Every key of a map that a path in `paths` leads through or to; others are refused.
void check_keys(const YamlNode& node, const std::string& what, const std::string& prefix,
                const std::vector<std::string>& paths) {
  std::vector<std::string> known;
  for (const std::string& path : paths) {
    if (path.starts_with(prefix)) {
      const std::string rest = path.substr(prefix.size());
      const std::string key = rest.substr(0, rest.find('.'));
      if (known.empty() || known.back() != key) {
        known.push_back(key);
      }
    }
  }
  const Fields fields(node, what, known);
  for (const std::string& key : known) {
    const YamlNode* inner = fields.find(key);
    const std::string deeper = prefix + key + ".";
    const bool is_map = std::any_of(paths.begin(), paths.end(), [&](const auto& p) { return p.starts_with(deeper); });
    if (inner != nullptr && is_map) {
      check_keys(*inner, "`" + key + "` of " + what, deeper, paths);
    }
  }
}

LayerKind read_kind(const YamlNode& node, const std::string& what) {
  LayerKind whole{.attention = Attention{.latent = LatentAttention{}, .index = SparseIndex{}}, .state = StateLayer{}};
  std::vector<std::string> paths;
  each_layer_kind_count(whole, [&](const char* path, auto&, int) { paths.emplace_back(path); });
  each_layer_kind_flag(whole, [&](const char* path, bool&) { paths.emplace_back(path); });
  check_keys(node, what, "", paths);

  LayerKind kind;
  if (const YamlNode* attention = node.find("attention")) {
    kind.attention.emplace();
    if (attention->find("latent") != nullptr) {
      kind.attention->latent.emplace();
    }
    if (attention->find("index") != nullptr) {
      kind.attention->index.emplace();
    }
  }
  if (node.find("state") != nullptr) {
    kind.state.emplace();
  }
  each_layer_kind_count(kind, [&](const std::string& path, auto& number, int least) {
    const YamlNode* map = map_of(node, path);
    const YamlNode* given = map == nullptr ? nullptr : map->find(last_key(path));
    if (given == nullptr && least > 0 && path != "state.recurrent_bytes") {
      fail(map == nullptr ? node.place : map->place,
           "key `" + last_key(path) + "` is missing in " + what + "; expected a whole number");
    }
    if (given != nullptr) {
      number = read_count(*given, "`" + path + "` of " + what, least, kMaxCount);
    }
  });
  each_layer_kind_flag(kind, [&](const std::string& path, bool& flag) {
    const YamlNode* map = map_of(node, path);
    const YamlNode* given = map == nullptr ? nullptr : map->find(last_key(path));
    flag = given != nullptr && read_flag(*given, "`" + path + "` of " + what);
  });
  return kind;
}

/// "{heads: 8, kv_heads: 2}": what a kind gives below `prefix`.
std::string flow_map(const LayerKind& kind, const std::string& prefix) {
  std::vector<std::pair<std::string, std::string>> items;
  std::vector<std::string> parts;  // maps inside that were written
  const auto add = [&](const std::string& path, const std::string& value) {
    if (!path.starts_with(prefix)) {
      return;
    }
    const std::string rest = path.substr(prefix.size());
    const std::size_t dot = rest.find('.');
    if (dot == std::string::npos) {
      items.emplace_back(rest, value);
      return;
    }
    const std::string part = rest.substr(0, dot);
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
      parts.push_back(part);
      items.emplace_back(part, flow_map(kind, prefix + part + "."));
    }
  };
  each_layer_kind_count(kind, [&](const std::string& path, auto number, int least) {
    if (number != 0 || least > 0) {
      add(path, std::to_string(number));
    }
  });
  each_layer_kind_flag(kind, [&](const std::string& path, bool flag) {
    if (flag) {
      add(path, "true");
    }
  });
  std::string text = "{";
  for (const auto& [key, value] : items) {
    text += (text.size() > 1 ? ", " : "") + key + ": " + value;
  }
  return text + "}";
}

std::string scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4e", value);
  return text;
}

}  // namespace

std::vector<LayerKind> read_layer_kinds(const YamlNode& list, const std::string& what, const Model& model) {
  if (!list.is_sequence() || list.items.empty()) {
    fail(list.place, what + " is no list; expected the kinds of layers, each with its `count`");
  }
  std::vector<LayerKind> kinds;
  std::int64_t layers = 0;
  for (const YamlNode& item : list.items) {
    kinds.push_back(read_kind(item, "a kind of layer in " + what));
    layers += kinds.back().count;
    if (kinds.back().experts && !model.mixture) {
      fail(item.place, "a kind of layer has experts, and the model has none; expected `experts` of the model, too");
    }
  }
  if (layers != model.layers) {
    fail(list.place, what + " counts " + std::to_string(layers) + " layers; expected " + std::to_string(model.layers) +
                         ", as `layers` says");
  }
  return kinds;
}

std::string model_entry_text(const Model& model, const std::string& name, const std::string& title,
                             const std::string& source) {
  const auto parameters = [&](const char* key, const Figure& figure) {
    return std::string(key) + ":\n  value: " + scientific(figure.value) +
           "\n  status: derived\n  source: counted from the layers below\n";
  };
  std::string text = "# Made by `idlewatt catalog --from-config`: change the config, not this file.\nname: " + name +
                     "\ntitle: " + title + "\n\n" + parameters("parameters", model.parameters) +
                     parameters("active_parameters", model.active_parameters) + "\n";
  each_model_count(model, [&](const char* key, int number) {
    if (number > 0) {
      text += std::string(key) + ": " + std::to_string(number) + "\n";
    }
  });
  text += model.gated_mlp ? "" : "gated_mlp: false\n";
  text += model.tied_embeddings ? "tied_embeddings: true\n" : "";
  const auto flow = [](const char* key, auto&& each) {
    std::string map;
    each([&](const char* name_of, int number, int) {
      map += (map.empty() ? "" : ", ") + std::string(name_of) + ": " + std::to_string(number);
    });
    return std::string(key) + ": {" + map + "}\n";
  };
  if (model.latent) {
    text += flow("latent_attention", [&](auto&& visit) { each_latent_count(*model.latent, visit); });
  }
  if (model.mixture) {
    text += flow("experts", [&](auto&& visit) {
      each_mixture_count(*model.mixture, visit);
      each_mixture_option(*model.mixture, [&](const char* key, int number) {
        if (number > 0) {
          visit(key, number, 0);
        }
      });
    });
  }
  if (!model.kinds.empty()) {
    text += "layer_kinds:\n";
    for (const LayerKind& kind : model.kinds) {
      text += "  - " + flow_map(kind, "") + "\n";
    }
  }
  return text + "\nstatus: published\nsource: >-\n  " + source + "\n";
}

}  // namespace idlewatt
