// Reads single values of YAML; section.hpp reads maps. An impossible value is refused with the expected one, an unknown
// name with the nearest known one. Every function throws InputError "file:line:column: what is wrong; expected ...".
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

/// These functions read one node. `label` names the node in messages.
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
