// Finds by the tables of keys everything that is wrong with a tree, before the tree is read: unknown and missing keys,
// values of the wrong form, values out of bounds, and unknown words. Whether values fit together is left to the
// readers.
#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/problems.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// Checks trees against the tables of their keys.
class KeyCheck {
 public:
  /// Makes a check that adds to `problems` and marks the nodes in which something is wrong. Names of entries are looked
  /// up in `catalog`. A null `catalog` (one that could not be read) accepts any name.
  KeyCheck(Problems& problems, const Catalog* catalog) : problems_(problems), catalog_(catalog) {}

  /// Checks a map; `what` names the map in messages.
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

/// The part of an `either` that a value is probably meant for, by the kind of the value, and for maps by their keys.
/// The first part where no part fits.
const Form& part_meant(const Form& form, const YamlNode& node);

}  // namespace idlewatt
