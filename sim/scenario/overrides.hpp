// Overrides of a scenario by dotted path, from a variant or from --set.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Sets `path` to `value`; a null value removes the key.
struct Override {
  std::string path;  ///< "pools.chat.servers", "racks.0.uplink"
  YamlNode value;
  Place place;  ///< place of the path in the input

  /// The override as results show it: "pools.chat.servers=l4-8".
  std::string text() const { return path + "=" + flow_text(value); }
};

/// Parses "pools.chat.servers=l4-8", whose value is YAML. Throws InputError.
Override parse_set(const std::string& text);

/// The overrides of one variant, in the file's order. Throws InputError.
std::vector<Override> variant_overrides(const std::string& variant, const YamlNode& node);

/// Applies an override to the scenario's tree. The value replaces the old value as a whole, with one exception: a map
/// for `site`, `pools` or one pool changes only the keys that it names. In a list with one entry the index may be left
/// out (`traffic.scale`). Throws InputError when the path leads nowhere.
void apply(YamlNode& root, const Override& change);

}  // namespace idlewatt
