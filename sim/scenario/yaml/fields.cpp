#include "scenario/yaml/fields.hpp"

#include <algorithm>

#include "base/spelling_suggestion.hpp"

namespace idlewatt {
namespace {

std::string tick(std::string_view word) {
  return "`" + std::string(word) + "`";
}

/// The names that a kind of word may be. The catalogue has more of them than a line takes.
std::string names_text(const std::string& kind, const std::vector<std::string>& names) {
  constexpr std::size_t kMostListed = 12;
  const bool in_catalogue = kind == "accelerator" || kind == "server" || kind == "model" || kind == "engine";
  if (names.size() <= kMostListed || !in_catalogue) {
    return list_text(names);
  }
  return std::to_string(names.size()) + " (see `idlewatt catalog " + kind + "s`)";
}

}  // namespace

std::string bounds_text(Dimension dimension, const Bounds& bounds) {
  const bool low = bounds.minimum > -std::numeric_limits<double>::infinity();
  const bool high = bounds.maximum < std::numeric_limits<double>::infinity();
  if (low && high) {
    return quantity_text(bounds.minimum, dimension) + " to " + quantity_text(bounds.maximum, dimension);
  }
  if (low) {
    return "at least " + quantity_text(bounds.minimum, dimension);
  }
  const std::string most = high ? "at most " + quantity_text(bounds.maximum, dimension) : "";
  if (bounds.above_zero) {
    return "more than 0" + (high ? ", " + most : "");
  }
  return most;
}

std::string kind_text(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "empty";
    case YamlNode::Kind::scalar:
      return tick(node.scalar);
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "?";
}

std::string list_text(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) {
    result += (result.empty() ? "" : ", ") + tick(name);
  }
  return result;
}

namespace {

std::string expected_text(std::string_view word, const std::vector<std::string>& names, const std::string& listed) {
  std::string result = "; expected ";
  result += names.empty() ? "none" : (names.size() == 1 ? "" : "one of ") + listed;
  if (const auto meant = nearest(word, names)) {
    result += "; did you mean " + tick(*meant) + "?";
  }
  return result;
}

}  // namespace

std::string expected_names(std::string_view word, const std::vector<std::string>& names) {
  return expected_text(word, names, list_text(names));
}

Fields::Fields(const YamlNode& node, std::string what, std::vector<std::string> known)
    : node_(node), what_(std::move(what)) {
  if (!node.is_map() && !node.is_null()) {
    fail(node.place, what_ + " is " + kind_text(node) + "; expected a map with the keys " + list_text(known));
  }
  for (const YamlEntry& entry : node.entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      fail(entry.key_place, "unknown key " + tick(entry.key) + " in " + what_ + expected_names(entry.key, known));
    }
  }
}

const YamlNode& Fields::at(std::string_view key, const std::string& expected_value) const {
  const YamlNode* value = find(key);
  if (value == nullptr) {
    fail(node_.place, "key " + tick(key) + " is missing in " + what_ + "; expected " + expected_value);
  }
  return *value;
}

double Fields::quantity(std::string_view key, Dimension dimension, const Bounds& bounds) const {
  return read_quantity(at(key, expected(dimension)), tick(key), dimension, bounds);
}

double Fields::quantity_or(std::string_view key, Dimension dimension, double otherwise, const Bounds& bounds) const {
  return has(key) ? quantity(key, dimension, bounds) : otherwise;
}

std::int32_t Fields::count(std::string_view key, std::int32_t minimum, std::int32_t maximum) const {
  return read_count(at(key, expected(Dimension::count)), tick(key), minimum, maximum);
}

std::int32_t Fields::count_or(std::string_view key, std::int32_t otherwise, std::int32_t minimum,
                              std::int32_t maximum) const {
  return has(key) ? count(key, minimum, maximum) : otherwise;
}

std::string Fields::text(std::string_view key, const std::string& expected_value) const {
  return read_text(at(key, expected_value), tick(key), expected_value);
}

bool Fields::flag_or(std::string_view key, bool otherwise) const {
  const YamlNode* value = find(key);
  return value == nullptr ? otherwise : read_flag(*value, tick(key));
}

std::string Fields::name(std::string_view key, const std::string& kind, const std::vector<std::string>& names) const {
  return read_name(at(key, "the name of a " + kind + ": " + names_text(kind, names)), kind, names);
}

std::string Fields::name_or(std::string_view key, const std::string& kind, const std::vector<std::string>& names,
                            const std::string& otherwise) const {
  return has(key) ? name(key, kind, names) : otherwise;
}

double read_quantity(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds) {
  if (!node.is_scalar()) {
    fail(node.place, label + " is " + kind_text(node) + "; expected " + expected(dimension));
  }
  std::string problem;
  const std::optional<double> value = parse_quantity(node.scalar, dimension, problem);
  if (!value) {
    fail(node.place, label + ": " + problem);
  }
  if (*value < bounds.minimum || *value > bounds.maximum || (bounds.above_zero && !(*value > 0.0))) {
    fail(node.place, label + ": `" + node.scalar + "` is out of range; expected " + bounds_text(dimension, bounds));
  }
  return *value;
}

std::int32_t read_count(const YamlNode& node, const std::string& label, std::int32_t minimum, std::int32_t maximum) {
  const Bounds bounds{.minimum = static_cast<double>(minimum), .maximum = static_cast<double>(maximum)};
  return static_cast<std::int32_t>(read_quantity(node, label, Dimension::count, bounds));
}

std::string read_text(const YamlNode& node, const std::string& label, const std::string& expected_value) {
  if (!node.is_scalar() || node.scalar.empty()) {
    fail(node.place, label + " is " + (node.is_scalar() ? "empty" : kind_text(node)) + "; expected " + expected_value);
  }
  return node.scalar;
}

bool read_flag(const YamlNode& node, const std::string& label) {
  if (!node.is_scalar() || (node.scalar != "true" && node.scalar != "false")) {
    fail(node.place, label + " is " + kind_text(node) + "; expected `true` or `false`");
  }
  return node.scalar == "true";
}

std::string read_name(const YamlNode& node, const std::string& kind, const std::vector<std::string>& names) {
  const std::string word = read_text(node, "the " + kind, "the name of a " + kind + ": " + names_text(kind, names));
  if (std::find(names.begin(), names.end(), word) == names.end()) {
    fail(node.place, "unknown " + kind + " " + tick(word) + expected_text(word, names, names_text(kind, names)));
  }
  return word;
}

}  // namespace idlewatt
