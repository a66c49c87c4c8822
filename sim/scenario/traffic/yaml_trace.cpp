#include "scenario/traffic/yaml_trace.hpp"

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {
namespace {

JsonValue to_json(const YamlNode& node) {
  JsonValue value;
  value.line = node.place.line;
  value.column = node.place.column;
  switch (node.kind) {
    case YamlNode::Kind::null:
      break;
    case YamlNode::Kind::scalar:
      value.text = node.scalar;
      value.kind = node.quoted ? JsonValue::Kind::text : JsonValue::Kind::number;
      if (!node.quoted && (node.scalar == "null" || node.scalar == "~" || node.scalar.empty())) {
        value.kind = JsonValue::Kind::null;
      }
      break;
    case YamlNode::Kind::sequence:
      value.kind = JsonValue::Kind::list;
      for (const YamlNode& item : node.items) {
        value.items.push_back(to_json(item));
      }
      break;
    case YamlNode::Kind::map:
      value.kind = JsonValue::Kind::map;
      for (const YamlEntry& entry : node.entries) {
        value.members.push_back({entry.key, to_json(entry.value)});
      }
      break;
  }
  return value;
}

}  // namespace

JsonValue open_yaml_as_json(const std::string& path) {
  return to_json(parse_yaml(read_text_file(path), path));
}

}  // namespace idlewatt
