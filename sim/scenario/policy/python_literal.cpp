#include "scenario/policy/python_literal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>

namespace idlewatt {
namespace {

std::string text_literal(const std::string& text) {
  constexpr char hex[] = "0123456789abcdef";
  std::string literal = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') {
      literal += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      literal += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    } else {
      literal += c;
    }
  }
  return literal + "'";
}

std::string scalar_literal(const YamlNode& node) {
  const std::string& text = node.scalar;
  if (node.quoted) {
    return text_literal(text);
  }
  if (text == "true" || text == "false") {
    return text == "true" ? "True" : "False";
  }
  const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* const end = text.data() + text.size();
  long long whole = 0;
  if (const auto [stop, error] = std::from_chars(begin, end, whole); error == std::errc() && stop == end) {
    return std::to_string(whole);
  }
  double number = 0.0;
  const bool has_digit = std::any_of(begin, end, [](unsigned char c) { return std::isdigit(c) != 0; });
  if (const auto [stop, error] = std::from_chars(begin, end, number);
      has_digit && error == std::errc() && stop == end) {
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    std::string literal(buffer.data(), result.ptr);
    // An int in YAML's words has neither; `1e3` is a float to Python as well.
    return literal.find_first_of(".e") == std::string::npos ? literal + ".0" : literal;
  }
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == ".inf" || lower == "-.inf" || lower == "+.inf" || lower == ".nan") {
    fail(node.place, "`" + text + "` is no parameter; expected a finite number");
  }
  return text_literal(text);
}

}  // namespace

std::string python_literal(const YamlNode& node) {
  std::string literal;
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "None";
    case YamlNode::Kind::scalar:
      return scalar_literal(node);
    case YamlNode::Kind::sequence:
      for (const YamlNode& item : node.items) {
        literal += python_literal(item) + ", ";
      }
      return "[" + literal + "]";
    case YamlNode::Kind::map:
      for (const YamlEntry& entry : node.entries) {
        literal += text_literal(entry.key) + ": " + python_literal(entry.value) + ", ";
      }
      return "{" + literal + "}";
  }
  return literal;
}

}  // namespace idlewatt
