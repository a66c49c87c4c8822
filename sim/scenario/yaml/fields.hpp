// Reads a map of YAML as typed fields. An unknown key is refused with the nearest known name. A missing or impossible
// value is refused with the expected one. Every function throws InputError "file:line:column: what is wrong; expected
// ...".
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A map of YAML, read key by key.
class Fields {
 public:
  /// `what` names the map in messages ("pool `chat`"). Throws when `node` is no map or has a key outside `known`.
  /// A null node (a key with nothing after it) reads as an empty map.
  Fields(const YamlNode& node, std::string what, std::vector<std::string> known);

  const Place& place() const { return node_.place; }
  const std::string& what() const { return what_; }

  /// The value of a key, or null when it is not given.
  const YamlNode* find(std::string_view key) const { return node_.find(key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key that must be given; `expected_value` completes "expected".
  const YamlNode& at(std::string_view key, const std::string& expected_value) const;

  double quantity(std::string_view key, Dimension dimension, const Bounds& bounds = {}) const;
  double quantity_or(std::string_view key, Dimension dimension, double otherwise, const Bounds& bounds = {}) const;
  std::int32_t count(std::string_view key, std::int32_t minimum, std::int32_t maximum) const;
  std::int32_t count_or(std::string_view key, std::int32_t otherwise, std::int32_t minimum, std::int32_t maximum) const;
  std::string text(std::string_view key, const std::string& expected_value) const;
  bool flag_or(std::string_view key, bool otherwise) const;
  /// A word out of `names`; `kind` names their kind ("model").
  std::string name(std::string_view key, const std::string& kind, const std::vector<std::string>& names) const;
  std::string name_or(std::string_view key, const std::string& kind, const std::vector<std::string>& names,
                      const std::string& otherwise) const;

 private:
  const YamlNode& node_;
  std::string what_;
};

/// These functions read one node as Fields reads a key; `label` names the node in messages.
double read_quantity(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds = {});
std::int32_t read_count(const YamlNode& node, const std::string& label, std::int32_t minimum, std::int32_t maximum);
std::string read_text(const YamlNode& node, const std::string& label, const std::string& expected_value);
bool read_flag(const YamlNode& node, const std::string& label);
std::string read_name(const YamlNode& node, const std::string& kind, const std::vector<std::string>& names);

/// The end of a message about an unknown word: "; expected one of `a`, `b`; did you mean `a`?".
std::string expected_names(std::string_view word, const std::vector<std::string>& names);

/// The bounds in words: "1 to 10", "at least 1 s", "more than 0"; empty where any value is allowed.
std::string bounds_text(Dimension dimension, const Bounds& bounds);

/// The kind of a value in messages: "empty", "`word`", "a list", "a map".
std::string kind_text(const YamlNode& node);

/// The names as a list: "`a`, `b`".
std::string list_text(const std::vector<std::string>& names);

/// The keys of an ordered map, for messages.
template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map) {
    names.push_back(name);
  }
  return names;
}

}  // namespace idlewatt
