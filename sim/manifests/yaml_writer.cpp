#include "manifests/yaml_writer.hpp"

#include <fmt/core.h>
#include <sstream>

namespace idlewatt {
namespace {

constexpr std::size_t kWidth = 120;

}  // namespace

void YamlWriter::comment(int indent, const std::string& text) {
  const std::string start = std::string(static_cast<std::size_t>(indent), ' ') + "#";
  std::istringstream words(text);
  std::string current = start;
  for (std::string word; words >> word;) {
    if (current.size() + 1 + word.size() > kWidth && current.size() > start.size()) {
      line(current);
      current = start + (text.starts_with("- ") ? " " : "");
    }
    current += " " + word;
  }
  line(current);
}

void YamlWriter::entry(int indent, const std::string& key, const std::string& value, const std::string& comment,
                       const Place& source) {
  std::string one = std::string(static_cast<std::size_t>(indent), ' ') + key + ":" + (value.empty() ? "" : " " + value);
  if (!comment.empty()) {
    if (one.size() + 4 + comment.size() <= kWidth) {
      one += "   # " + comment;
    } else {
      this->comment(indent, comment);
    }
  }
  line(one, source);
}

void YamlWriter::line(const std::string& text, const Place& source) {
  text_ += text + "\n";
  sources_.push_back(source);
}

const Place* YamlWriter::source_of(int number) const {
  const std::size_t index = static_cast<std::size_t>(number) - 1;
  return number < 1 || index >= sources_.size() || sources_[index].origin.empty() ? nullptr : &sources_[index];
}

std::string scalar_text(const std::string& text) {
  YamlNode node{.kind = YamlNode::Kind::scalar, .scalar = text};
  // A word that YAML reads as a number or a truth, or that begins as something else, stands in quotes.
  const bool number = text.find_first_not_of("0123456789.eE+-_") == std::string::npos;
  const bool odd = text == "true" || text == "false" || text == "yes" || text == "no" || text == "null" ||
                   text == "~" || text == "on" || text == "off" || text.starts_with("-") || text.starts_with("?") ||
                   text.starts_with(" ") || text.ends_with(" ");
  node.quoted = number || odd;
  return flow_text(node);
}

std::string block_text(const YamlNode& node, int indent) {
  const std::string space(static_cast<std::size_t>(indent), ' ');
  if (node.is_map()) {
    if (node.entries.empty()) {
      return space + "{}\n";
    }
    std::string text;
    for (const YamlEntry& entry : node.entries) {
      const bool nested = (entry.value.is_map() && !entry.value.entries.empty()) ||
                          (entry.value.is_sequence() && !entry.value.items.empty());
      text += space + entry.key + ":";
      text += nested ? "\n" + block_text(entry.value, indent + 2) : fmt::format(" {}\n", flow_text(entry.value));
    }
    return text;
  }
  if (node.is_sequence()) {
    std::string text;
    for (const YamlNode& item : node.items) {
      if (item.is_map() && !item.entries.empty()) {
        std::string inner = block_text(item, indent + 2);
        inner[static_cast<std::size_t>(indent)] = '-';
        text += inner;
      } else {
        text += fmt::format("{}- {}\n", space, flow_text(item));
      }
    }
    return text;
  }
  return space + flow_text(node) + "\n";
}

}  // namespace idlewatt
