// Writing YAML for people: lines with comments, each knowing what it was made from; and trees in block style.
#pragma once

#include <string>
#include <vector>

#include "scenario/yaml_tree.hpp"

namespace idlewatt {

/// Lines of YAML with comments behind or above them.
class YamlWriter {
 public:
  /// A line of comment, wrapped, at this indentation.
  void comment(int indent, const std::string& text);
  /// "key: value   # comment". An empty value opens a map; an empty comment is none. `source` is where the value was
  /// taken from; without a line: from nowhere.
  void entry(int indent, const std::string& key, const std::string& value, const std::string& comment = {},
             const Place& source = {});
  /// A line as it is.
  void line(const std::string& text, const Place& source = {});

  const std::string& text() const { return text_; }
  int lines() const { return static_cast<int>(sources_.size()); }
  /// What line `number`, from 1, was made from; null where it was made from nothing.
  const Place* source_of(int number) const;

 private:
  std::string text_;
  std::vector<Place> sources_;
};

/// A scalar as YAML writes it: in quotes where it would be read as something else.
std::string scalar_text(const std::string& text);

/// The tree in block style, each line behind `indent` spaces.
std::string block_text(const YamlNode& node, int indent = 0);

}  // namespace idlewatt
