#include "scenario/manifest/manifest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "scenario/yaml/fields.hpp"

namespace idlewatt {
namespace {

/// The number that `text` begins with, which is cut off it.
std::optional<double> leading_number(std::string_view& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || value < 0.0 || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <std::size_t size>
std::optional<double> factor(const std::array<std::pair<std::string_view, double>, size>& units,
                             std::string_view unit) {
  for (const auto& [name, value] : units) {
    if (name == unit) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

const YamlNode* Manifest::take(const YamlNode* map, const std::string& key) {
  if (map == nullptr || map->is_null()) {
    return nullptr;
  }
  if (!map->is_map()) {
    fail(map->place, "the manifest has no map here; expected one, with a key such as `" + key + "`");
  }
  const YamlNode* value = map->find(key);
  if (value != nullptr) {
    taken_.insert(value);
  }
  return value;
}

std::vector<const YamlNode*> Manifest::take_list(const YamlNode* map, const std::string& key) {
  const YamlNode* list = take(map, key);
  std::vector<const YamlNode*> items;
  if (list == nullptr || list->is_null()) {
    return items;
  }
  if (!list->is_sequence()) {
    fail(list->place, "`" + key + "` is no list; expected one");
  }
  for (const YamlNode& item : list->items) {
    taken_.insert(&item);
    items.push_back(&item);
  }
  return items;
}

void Manifest::take_whole(const YamlNode* map, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (const YamlNode* value = take(map, key)) {
      whole_.insert(value);
    }
  }
}

std::vector<std::string> Manifest::warnings() const {
  std::vector<std::string> result;
  look(*root_, "", result);
  return result;
}

void Manifest::look(const YamlNode& node, const std::string& path, std::vector<std::string>& warnings) const {
  const auto visit = [&](const YamlNode& value, const Place& place, const std::string& name) {
    if (!taken_.contains(&value)) {
      warnings.push_back(place.text() + ": warning: `" + name + "` has no meaning here");
    } else if (!whole_.contains(&value)) {
      look(value, name, warnings);
    }
  };
  for (const YamlEntry& entry : node.entries) {
    visit(entry.value, entry.key_place, path + (path.empty() ? "" : ".") + entry.key);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    visit(node.items[i], node.items[i].place, path + "[" + std::to_string(i) + "]");
  }
}

double read_kubernetes_quantity(const YamlNode& node, const std::string& label) {
  constexpr std::array<std::pair<std::string_view, double>, 9> kSuffixes{{{"", 1.0},
                                                                          {"m", 1e-3},
                                                                          {"k", 1e3},
                                                                          {"M", 1e6},
                                                                          {"G", 1e9},
                                                                          {"T", 1e12},
                                                                          {"Ki", 1024.0},
                                                                          {"Mi", 1048576.0},
                                                                          {"Gi", 1073741824.0}}};
  const std::string expected_value = "a Kubernetes quantity such as `16` or `500m`";
  const std::string text = read_text(node, label, expected_value);
  std::string_view rest = text;
  const std::optional<double> number = leading_number(rest);
  const std::optional<double> unit = factor(kSuffixes, rest);
  if (!number || !unit) {
    fail(node.place, label + ": `" + text + "` is no quantity; expected " + expected_value);
  }
  return *number * *unit;
}

double read_go_duration_s(const YamlNode& node, const std::string& label) {
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
      {{"h", 3600.0}, {"m", 60.0}, {"s", 1.0}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}}};
  const std::string expected_value = "a duration such as `60s` or `1m30s`";
  const std::string text = read_text(node, label, expected_value);
  double seconds = 0.0;
  for (std::string_view rest = text; !rest.empty() && text != "0";) {
    const std::optional<double> number = leading_number(rest);
    const std::size_t unit_length = rest.find_first_of("0123456789.");
    const std::optional<double> unit = factor(kUnits, rest.substr(0, unit_length));
    if (!number || !unit) {
      fail(node.place, label + ": `" + text + "` is no duration; expected " + expected_value);
    }
    rest.remove_prefix(std::min(unit_length, rest.size()));
    seconds += *number * *unit;
  }
  return seconds;
}

}  // namespace idlewatt
