// Overrides of a scenario by dotted path: those of a variant, and those of --set.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// `path` gets `value`; a null value removes the key.
struct Override {
  std::string path;  ///< "pools.chat.servers", "racks.0.uplink"
  YamlNode value;
  Place place;  ///< of the path

  /// "pools.chat.servers=l4-8", as the results show it.
  std::string text() const { return path + "=" + flow_text(value); }
};

/// From "pools.chat.servers=l4-8"; the value is YAML. Throws InputError.
Override parse_set(const std::string& text);

/// What one variant changes, in the file's order. Throws InputError.
std::vector<Override> variant_overrides(const std::string& variant, const YamlNode& node);

/// Carries an override out on the scenario's tree. A value replaces what stands there whole, except that a map for
/// `site`, `pools` or one pool changes only the keys that it names. A list with one entry may go without its index
/// (`traffic.scale`). Throws InputError when the path leads nowhere.
void apply(YamlNode& root, const Override& change);

}  // namespace idlewatt
