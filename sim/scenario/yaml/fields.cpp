#include "scenario/yaml/fields.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/spelling_suggestion.hpp"

namespace idlewatt {
namespace {

std::string tick(std::string_view word) {
  return fmt::format("`{}`", word);
}

/// The names that a kind of word may be. The catalogue has more of them than a line takes.
std::string names_text(const std::string& kind, const std::vector<std::string>& names) {
  constexpr std::size_t kMostListed = 12;
  const bool in_catalogue = kind == "accelerator" || kind == "server" || kind == "model" || kind == "engine";
  if (names.size() <= kMostListed || !in_catalogue) {
    return list_text(names);
  }
  return fmt::format("{} (see `idlewatt catalog {}s`)", names.size(), kind);
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
    result += fmt::format("; did you mean {}?", tick(*meant));
  }
  return result;
}

}  // namespace

std::string expected_names(std::string_view word, const std::vector<std::string>& names) {
  return expected_text(word, names, list_text(names));
}

double read_quantity(const YamlNode& node, const std::string& label, Dimension dimension, const Bounds& bounds) {
  if (!node.is_scalar()) {
    fail(node.place, fmt::format("{} is {}; expected {}", label, kind_text(node), expected(dimension)));
  }
  std::string problem;
  const std::optional<double> value = parse_quantity(node.scalar, dimension, problem);
  if (!value) {
    fail(node.place, label + ": " + problem);
  }
  if (*value < bounds.minimum || *value > bounds.maximum || (bounds.above_zero && !(*value > 0.0))) {
    fail(node.place,
         fmt::format("{}: `{}` is out of range; expected {}", label, node.scalar, bounds_text(dimension, bounds)));
  }
  return *value;
}

std::int32_t read_count(const YamlNode& node, const std::string& label, std::int32_t minimum, std::int32_t maximum) {
  const Bounds bounds{.minimum = static_cast<double>(minimum), .maximum = static_cast<double>(maximum)};
  return static_cast<std::int32_t>(read_quantity(node, label, Dimension::count, bounds));
}

std::string read_text(const YamlNode& node, const std::string& label, const std::string& expected_value) {
  if (!node.is_scalar() || node.scalar.empty()) {
    fail(node.place,
         fmt::format("{} is {}; expected {}", label, node.is_scalar() ? "empty" : kind_text(node), expected_value));
  }
  return node.scalar;
}

bool read_flag(const YamlNode& node, const std::string& label) {
  if (!node.is_scalar() || (node.scalar != "true" && node.scalar != "false")) {
    fail(node.place, fmt::format("{} is {}; expected `true` or `false`", label, kind_text(node)));
  }
  return node.scalar == "true";
}

std::string read_name(const YamlNode& node, const std::string& kind, const std::vector<std::string>& names) {
  const std::string word =
      read_text(node, "the " + kind, fmt::format("the name of a {}: {}", kind, names_text(kind, names)));
  if (std::find(names.begin(), names.end(), word) == names.end()) {
    fail(node.place,
         fmt::format("unknown {} {}{}", kind, tick(word), expected_text(word, names, names_text(kind, names))));
  }
  return word;
}

}  // namespace idlewatt
