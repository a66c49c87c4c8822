// Finds all that is wrong with a tree by the tables of its keys, before anything is made of it: unknown and missing keys,
// values that are of the wrong form, out of bounds, or no word that is known. What a value means beside others is for the
// readers.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/key_table.hpp"
#include "scenario/problems.hpp"
#include "scenario/yaml_tree.hpp"

namespace idlewatt {

class KeyCheck {
 public:
  /// Adds to `problems`, and marks the nodes in which something is wrong. Names of entries are looked up in `catalog`;
  /// where that is null, because it could not be read, any name goes.
  KeyCheck(Problems& problems, const Catalog* catalog) : problems_(problems), catalog_(catalog) {}

  /// Checks a map; `what` is what messages call it.
  void map(const YamlNode& node, const std::string& what, const KeyTable& table);

 private:
  void value(const YamlNode& node, const Form& form, const std::string& label, const std::string& parent);
  void list(const YamlNode& node, const Form& form, const std::string& label, const std::string& parent);
  void names(const YamlNode& node, const Form& form, const std::string& label, const std::string& parent);
  void entry(const YamlNode& node, const std::string& kind, const std::string& label);
  void policy(const YamlNode& node, const Form& form);

  Problems& problems_;
  const Catalog* catalog_;
};

/// The part of an `either` that a value is meant to be: by what the value is, and for maps by their keys. The first
/// where no part fits.
const Form& part_meant(const Form& form, const YamlNode& node);

}  // namespace idlewatt
