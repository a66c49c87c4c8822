// Writes YAML for people: lines with comments, each with its source; and trees in block style.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Lines of YAML with comments after them or above them.
class YamlWriter {
 public:
  /// Adds a comment at this indentation, wrapped.
  void comment(int indent, const std::string& text);
  /// Adds "key: value   # comment". An empty value opens a map; an empty comment is left out. `source` is the place
  /// that the value was taken from; a place without a line means no source.
  void entry(int indent, const std::string& key, const std::string& value, const std::string& comment = {},
             const Place& source = {});
  /// Adds a line unchanged.
  void line(const std::string& text, const Place& source = {});

  const std::string& text() const { return text_; }
  int lines() const { return static_cast<int>(sources_.size()); }
  /// The source of line `number`, from 1; null for a line without a source.
  const Place* source_of(int number) const;

 private:
  std::string text_;
  std::vector<Place> sources_;
};

/// A scalar as YAML writes it: in quotes if it would otherwise be read as another value.
std::string scalar_text(const std::string& text);

/// The tree in block style, each line after `indent` spaces.
std::string block_text(const YamlNode& node, int indent = 0);

}  // namespace idlewatt
