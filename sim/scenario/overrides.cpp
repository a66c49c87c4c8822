#include "scenario/overrides.hpp"

#include <algorithm>
#include <charconv>

#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::vector<std::string> keys_of_map(const YamlNode& node) {
  std::vector<std::string> keys;
  for (const YamlEntry& entry : node.entries) {
    keys.push_back(entry.key);
  }
  return keys;
}

bool is_number(const std::string& part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The places where a map is a collection of things rather than one thing.
bool merges(const std::vector<std::string>& parts) {
  return (parts.size() == 1 && (parts[0] == "site" || parts[0] == "pools")) ||
         (parts.size() == 2 && parts[0] == "pools");
}

class Walker {
 public:
  explicit Walker(const Override& change) : change_(change), parts_(split(change.path)) {}

  void apply(YamlNode& root) {
    for (const std::string& part : parts_) {
      if (part.empty()) {
        fail(change_.place,
             "the path `" + change_.path + "` has an empty part; expected one like `pools.chat.servers`");
      }
    }
    if (parts_[0] == "variants") {
      fail(change_.place, "a variant cannot be overridden; expected a path like `pools.chat.servers`");
    }
    set(root, 0);
  }

 private:
  std::string walked(std::size_t depth) const {
    std::string result;
    for (std::size_t i = 0; i < depth; ++i) {
      result += (i == 0 ? "" : ".") + parts_[i];
    }
    return result;
  }

  void set(YamlNode& node, std::size_t depth) {
    switch (node.kind) {
      case YamlNode::Kind::sequence:
        set_in_sequence(node, depth);
        return;
      case YamlNode::Kind::null:
        node.kind = YamlNode::Kind::map;
        node.place = change_.place;
        [[fallthrough]];
      case YamlNode::Kind::map:
        set_in_map(node, depth);
        return;
      case YamlNode::Kind::scalar:
        fail(change_.place, "`" + walked(depth) + "` is `" + node.scalar + "` and has no part `" + parts_[depth] +
                                "`; expected a path to a key of the scenario");
    }
  }

  void set_in_sequence(YamlNode& node, std::size_t depth) {
    const std::string& part = parts_[depth];
    const std::string name = "`" + walked(depth) + "`";
    const std::size_t size = node.items.size();
    if (!is_number(part)) {
      if (size != 1) {
        fail(change_.place, name + " has " + std::to_string(size) + " entries; expected the number of one, such as `" +
                                walked(depth) + ".0." + part + "`");
      }
      set(node.items[0], depth);
      return;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    if (error != std::errc() || index >= size) {
      fail(change_.place, name + " has no entry " + part + "; expected " +
                              (size == 1   ? "0"
                               : size == 0 ? "none: it is empty"
                                           : "0 to " + std::to_string(size - 1)));
    }
    if (depth + 1 < parts_.size()) {
      set(node.items[index], depth + 1);
    } else if (change_.value.is_null()) {
      node.items.erase(node.items.begin() + static_cast<std::ptrdiff_t>(index));
    } else {
      node.items[index] = change_.value;
    }
  }

  void set_in_map(YamlNode& node, std::size_t depth) {
    const std::string& part = parts_[depth];
    YamlNode* child = node.find(part);
    if (depth + 1 < parts_.size()) {
      if (child == nullptr) {
        // A typo here would make a new pool, and complain about all that it lacks.
        if (depth == 1 && parts_[0] == "pools") {
          fail(change_.place, "unknown pool `" + part + "`" + expected_names(part, keys_of_map(node)));
        }
        node.entries.push_back({part, change_.place, {.kind = YamlNode::Kind::map, .place = change_.place}});
        child = &node.entries.back().value;
      }
      set(*child, depth + 1);
      return;
    }
    replace(node, part, change_.value, parts_);
  }

  void replace(YamlNode& map, const std::string& key, const YamlNode& value, const std::vector<std::string>& path) {
    YamlNode* child = map.find(key);
    if (value.is_null()) {
      std::erase_if(map.entries, [&](const YamlEntry& entry) { return entry.key == key; });
    } else if (child == nullptr) {
      map.entries.push_back({key, change_.place, value});
    } else if (merges(path) && child->is_map() && value.is_map()) {
      for (const YamlEntry& entry : value.entries) {
        std::vector<std::string> deeper = path;
        deeper.push_back(entry.key);
        replace(*child, entry.key, entry.value, deeper);
      }
    } else {
      *child = value;
    }
  }

  const Override& change_;
  std::vector<std::string> parts_;
};

}  // namespace

Override parse_set(const std::string& text) {
  const Place place{.origin = "--set " + text, .layer = Layer::command_line};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    fail(place, "no path and value; expected one like `--set pools.chat.servers=l4-8`");
  }
  Override result{text.substr(0, equals), parse_yaml(text.substr(equals + 1), place.origin, false), place};
  mark_layer(result.value, Layer::command_line, "");
  return result;
}

std::vector<Override> variant_overrides(const std::string& variant, const YamlNode& node) {
  if (!node.is_map() && !node.is_null()) {
    fail(node.place, "the overrides are no map; expected paths and values such as `{pools.chat.servers: l4-8}`");
  }
  std::vector<Override> result;
  for (const YamlEntry& entry : node.entries) {
    Override change{entry.key, entry.value, entry.key_place};
    change.place.layer = Layer::variant;
    change.place.variant = variant;
    mark_layer(change.value, Layer::variant, variant);
    result.push_back(std::move(change));
  }
  return result;
}

void apply(YamlNode& root, const Override& change) {
  Walker(change).apply(root);
}

}  // namespace idlewatt
