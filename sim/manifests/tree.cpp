#include "manifests/tree.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

namespace idlewatt {

const YamlNode* below(const YamlNode* node, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    node = node == nullptr || !node->is_map() ? nullptr : node->find(key);
  }
  return node == nullptr || node->is_null() ? nullptr : node;
}

const YamlNode* below(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  return below(&node, keys);
}

std::string text_below(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const YamlNode* found = below(node, keys);
  return found == nullptr || !found->is_scalar() ? "" : found->scalar;
}

std::optional<Stated> stated_below(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  const YamlNode* found = below(node, keys);
  if (found == nullptr || !found->is_scalar()) {
    return std::nullopt;
  }
  std::string path;
  for (const std::string_view key : keys) {
    path += (path.empty() ? "" : ".") + std::string(key);
  }
  return Stated{.text = found->scalar, .place = found->place, .said = path + ": " + found->scalar};
}

std::vector<const YamlNode*> list_below(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  std::vector<const YamlNode*> items;
  if (const YamlNode* found = below(node, keys)) {
    for (const YamlNode& item : found->items) {
      items.push_back(&item);
    }
  }
  return items;
}

std::map<std::string, Stated> map_below(const YamlNode& node, std::initializer_list<std::string_view> keys) {
  std::map<std::string, Stated> values;
  if (const YamlNode* found = below(node, keys)) {
    for (const YamlEntry& entry : found->entries) {
      if (entry.value.is_scalar()) {
        values[entry.key] = {entry.value.scalar, entry.value.place, entry.key + ": " + entry.value.scalar};
      }
    }
  }
  return values;
}

namespace {

void move_down(YamlNode& node, int lines) {
  node.place.line += lines;
  for (YamlNode& item : node.items) {
    move_down(item, lines);
  }
  for (YamlEntry& entry : node.entries) {
    entry.key_place.line += lines;
    move_down(entry.value, lines);
  }
}

}  // namespace

YamlNode tree_in(const YamlNode& text) {
  YamlNode tree = parse_yaml(text.scalar, text.place.origin);
  move_down(tree, text.place.line);
  return tree;
}

int count_of(const Stated& stated, int minimum, int maximum) {
  int value = 0;
  const char* end = stated.text.data() + stated.text.size();
  const auto [stop, error] = std::from_chars(stated.text.data(), end, value);
  if (error != std::errc() || stop != end || value < minimum || value > maximum) {
    fail(stated.place,
         fmt::format("`{}`: `{}` is no whole number from {} to {}", stated.said, stated.text, minimum, maximum));
  }
  return value;
}

bool is_accelerator(std::string_view resource) {
  return std::find(kAcceleratorResources.begin(), kAcceleratorResources.end(), resource) != kAcceleratorResources.end();
}

bool holds_accelerators(const YamlNode& node) {
  const auto asks = [](const YamlEntry& entry) {
    return is_accelerator(entry.key) || entry.key.starts_with("nvidia.com/mig-") || holds_accelerators(entry.value);
  };
  return std::any_of(node.entries.begin(), node.entries.end(), asks) ||
         std::any_of(node.items.begin(), node.items.end(), holds_accelerators);
}

std::string short_place(const Place& place) {
  const std::size_t slash = place.origin.find_last_of('/');
  const std::string file = slash == std::string::npos ? place.origin : place.origin.substr(slash + 1);
  return place.line > 0 ? fmt::format("{}:{}", file, place.line) : file;
}

std::string plain_name(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

}  // namespace idlewatt
