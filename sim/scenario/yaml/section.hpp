// Reads a map of YAML by the table of its keys. Every function throws InputError "file:line:column: what is wrong;
// expected ...". A function that asks for a key that the table lacks, or in another form than the table's, throws
// Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/yaml_tree.hpp"

namespace idlewatt {

/// A map and the table of its keys. Both must outlive the section.
class Section {
 public:
  /// Makes a section. `what` names the map in messages ("pool `chat`"). A null node (a key with nothing after it) reads
  /// as an empty map. Throws InputError when `node` is no map or has a key outside the table.
  Section(const YamlNode& node, std::string what, const KeyTable& table);
  Section(const YamlNode& node, std::string what, KeyTable&& table) = delete;
  /// A section of a map that has been checked: keys outside the table have been noted as problems, and are ignored.
  static Section of_checked(const YamlNode& node, std::string what, const KeyTable& table);

  const YamlNode& node() const { return *node_; }
  const Place& place() const { return node_->place; }
  const std::string& what() const { return what_; }

  /// The value of a key, or null when it is not given.
  const YamlNode* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key in any form. Throws InputError when the key is not given.
  const YamlNode& at(std::string_view key) const;

  /// The value of a key, within the table's bounds; the table's default where it is not given. Throws InputError where
  /// there is neither.
  double quantity(std::string_view key) const;
  std::int32_t count(std::string_view key) const;
  std::uint64_t whole(std::string_view key) const;
  std::string text(std::string_view key) const;
  bool flag(std::string_view key) const;
  std::string word(std::string_view key) const;
  /// The index of the word among the words of the table.
  std::size_t choice(std::string_view key) const;
  /// The name of a catalogue entry, one of `names`.
  std::string entry(std::string_view key, const std::vector<std::string>& names) const;

  /// The value of a key; nothing when it is not given.
  std::optional<double> quantity_if(std::string_view key) const;
  std::optional<std::int32_t> count_if(std::string_view key) const;
  /// The value of a key; empty when it is not given.
  std::string text_if(std::string_view key) const;

  /// The map under a key; nothing when it is not given.
  std::optional<Section> map(std::string_view key) const;
  /// The maps of a list; none when it is not given.
  std::vector<Section> items(std::string_view key) const;

  /// The form that the table has for a key.
  const Form& form(std::string_view key) const { return table_->at(key).form; }

 private:
  Section(const YamlNode* node, std::string what, const KeyTable* table)
      : node_(node), what_(std::move(what)), table_(table) {}

  const Form& part(std::string_view key, Form::Kind kind) const;
  std::string label(std::string_view key) const;
  const YamlNode* given_or_default(std::string_view key, YamlNode& otherwise) const;

  const YamlNode* node_;
  std::string what_;
  const KeyTable* table_;
};

/// The name in messages of a map of the form under a key. `label` is "`key`"; `parent` is the name of the map that
/// holds it.
std::string what_of(const Form& form, const std::string& label, const std::string& parent);

/// The value of the node as a whole number of 64 bits. Throws InputError.
std::uint64_t read_whole(const YamlNode& node, const std::string& label);

/// Checks that the node is a quantity, flag, text or word of the form. `label` names it in messages. Throws InputError.
void check_scalar(const YamlNode& node, const Form& form, const std::string& label);

/// Checks that the node is a list (for names: a map) with a number of values that the form allows. Throws InputError.
void check_size(const YamlNode& node, const Form& form, const std::string& label);

/// Throws InputError "unknown key ..." for the key of an entry.
[[noreturn]] void refuse_key(const YamlEntry& entry, const std::string& what, const KeyTable& table);
/// Throws InputError "... is no map".
[[noreturn]] void refuse_no_map(const YamlNode& node, const std::string& what, const KeyTable& table);
/// Throws InputError "key ... is missing".
[[noreturn]] void refuse_missing(const YamlNode& map, const std::string& what, const Key& key);

}  // namespace idlewatt
