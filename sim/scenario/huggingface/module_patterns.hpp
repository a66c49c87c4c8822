// Which modules of a checkpoint a list in its config.json names.
#pragma once

#include <regex>
#include <string>
#include <vector>

#include "scenario/yaml/fields.hpp"

namespace idlewatt {

/// Names of modules that a file lists: whole names, parts of names, patterns with `*`, or regular expressions after `re:`.
class ModulePatterns {
 public:
  ModulePatterns() = default;
  /// Reads a list of names; a null pointer is an empty list. Throws InputError when `list` is no list of texts.
  explicit ModulePatterns(const YamlNode* list);

  /// Adds a name. `place` is where the file has it. Throws InputError for a regular expression that is none.
  void add(const std::string& pattern, const Place& place);

  /// Tells whether the list names a module. `name` is the module's name in the stack of layers: "layers.3.mlp.gate_proj",
  /// "lm_head".
  bool match(const std::string& name) const;

 private:
  std::vector<std::string> parts_;
  std::vector<std::regex> globs_;
  std::vector<std::regex> regexes_;
};

}  // namespace idlewatt
