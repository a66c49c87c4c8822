#include "scenario/catalog/layer_kinds.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <map>
#include <optional>
#include <utility>

#include "scenario/catalog/figures.hpp"

namespace idlewatt {
namespace {

LayerKind read_kind(const Section& fields) {
  LayerKind kind;
  std::map<std::string, Section> maps{{"", fields}};  // by the path of the map, with a dot behind
  const auto enter = [&](const std::string& parent, const char* key, auto& part) {
    if (const auto map = maps.contains(parent) ? maps.at(parent).map(key) : std::nullopt) {
      maps.emplace(fmt::format("{}{}.", parent, key), *map);
      part.emplace();
    }
  };
  enter("", "attention", kind.attention);
  if (kind.attention) {
    enter("attention.", "latent", kind.attention->latent);
    enter("attention.", "index", kind.attention->index);
  }
  enter("", "state", kind.state);
  const auto split = [&](const std::string& path) {
    const std::size_t key = path.rfind('.') == std::string::npos ? 0 : path.rfind('.') + 1;
    return std::pair(maps.at(path.substr(0, key)), path.substr(key));
  };
  each_layer_kind_count(kind, [&](const std::string& path, auto& number, int) {
    const auto& [map, key] = split(path);
    number = map.count(key);
  });
  each_layer_kind_flag(kind, [&](const std::string& path, bool& flag) {
    const auto& [map, key] = split(path);
    flag = map.flag(key);
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
  return fmt::format("{:.4e}", value);
}

}  // namespace

std::vector<LayerKind> read_layer_kinds(const Section& entry, const Model& model) {
  std::vector<LayerKind> kinds;
  std::int64_t layers = 0;
  for (const Section& item : entry.items("layer_kinds")) {
    kinds.push_back(read_kind(item));
    layers += kinds.back().count;
    if (kinds.back().experts && !model.mixture) {
      fail(item.place(), "a kind of layer has experts, and the model has none; expected `experts` of the model, too");
    }
  }
  if (layers != model.layers) {
    fail(entry.at("layer_kinds").place,
         fmt::format("`layer_kinds` of {} counts {} layers; expected {}, as `layers` says", entry.what(), layers,
                     model.layers));
  }
  return kinds;
}

std::string model_entry_text(const Model& model, const std::string& name, const std::string& title,
                             const std::string& source) {
  const auto parameters = [&](const char* key, const Figure& figure) {
    return fmt::format(
        "{}:\n"
        "  value: {}\n"
        "  status: derived\n"
        "  source: counted from the layers below\n",
        key, scientific(figure.value));
  };
  std::string text = fmt::format(
      "# Made by `idlewatt catalog --from-config`: change the config, not this file.\n"
      "name: {}\n"
      "title: {}\n"
      "\n"
      "{}{}\n",
      name, title, parameters("parameters", model.parameters),
      parameters("active_parameters", model.active_parameters));
  each_model_count(model, [&](const char* key, int number) {
    if (number > 0) {
      text += fmt::format("{}: {}\n", key, number);
    }
  });
  text += model.gated_mlp ? "" : "gated_mlp: false\n";
  text += model.tied_embeddings ? "tied_embeddings: true\n" : "";
  const auto flow = [](const char* key, auto&& each) {
    std::string map;
    each([&](const char* name_of, int number, int) {
      map += fmt::format("{}{}: {}", map.empty() ? "" : ", ", name_of, number);
    });
    return fmt::format("{}: {{{}}}\n", key, map);
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
      text += fmt::format("  - {}\n", flow_map(kind, ""));
    }
  }
  return fmt::format(
      "{}\n"
      "status: published\n"
      "source: >-\n"
      "  {}\n",
      text, source);
}

}  // namespace idlewatt
