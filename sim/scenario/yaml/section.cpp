#include "scenario/yaml/section.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"

namespace idlewatt {
namespace {

std::string tick(std::string_view word) {
  return "`" + std::string(word) + "`";
}

void check_quantity(const YamlNode& node, const Form& form, const std::string& label) {
  std::string problem;
  if (form.any_currency && node.is_scalar() && parse_money(node.scalar, form.dimension, problem)) {
    return;
  }
  read_quantity(node, label, form.dimension, form.bounds);
}

}  // namespace

std::string what_of(const Form& form, const std::string& label, const std::string& parent) {
  if (!form.name.empty()) {
    return form.name;
  }
  return form.of_parent ? label + " of " + parent : label;
}

std::uint64_t read_whole(const YamlNode& node, const std::string& label) {
  const std::string text = read_text(node, label, "a whole number such as `1`");
  std::uint64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error != std::errc() || end != text.data() + text.size()) {
    fail(node.place, label + ": `" + text + "` is no whole number of 64 bits; expected one such as `1`");
  }
  return whole;
}

void check_scalar(const YamlNode& node, const Form& form, const std::string& label) {
  switch (form.kind) {
    case Form::Kind::quantity:
      check_quantity(node, form, label);
      break;
    case Form::Kind::whole:
      read_whole(node, label);
      break;
    case Form::Kind::flag:
      read_flag(node, label);
      break;
    case Form::Kind::text:
    case Form::Kind::entry:
      read_text(node, label, expected_of(form));
      break;
    case Form::Kind::word:
      read_name(node, form.name, form.words);
      break;
    default:
      break;
  }
}

void check_size(const YamlNode& node, const Form& form, const std::string& label) {
  const bool names = form.kind == Form::Kind::by_name;
  if (names ? !node.is_map() : !node.is_sequence()) {
    fail(node.place, label + (names ? " is no map" : " is no list") + "; expected " + expected_of(form));
  }
  const std::size_t size = names ? node.entries.size() : node.items.size();
  if (size < form.least || size > form.most) {
    fail(node.place, label +
                         (size == 0 ? std::string(" is empty")
                                    : " has " + std::to_string(size) + (size == 1 ? " entry" : " entries")) +
                         "; expected " + expected_of(form));
  }
}

void refuse_key(const YamlEntry& entry, const std::string& what, const KeyTable& table) {
  fail(entry.key_place, "unknown key " + tick(entry.key) + " in " + what + expected_names(entry.key, table.names()));
}

void refuse_no_map(const YamlNode& node, const std::string& what, const KeyTable& table) {
  fail(node.place, what + " is " + kind_text(node) + "; expected a map with the keys " + list_text(table.names()));
}

void refuse_missing(const YamlNode& map, const std::string& what, const Key& key) {
  fail(map.place, "key " + tick(key.name) + " is missing in " + what + "; expected " + expected_of(key.form));
}

Section::Section(const YamlNode& node, std::string what, const KeyTable& table)
    : node_(&node), what_(std::move(what)), table_(&table) {
  if (!node.is_map() && !node.is_null()) {
    refuse_no_map(node, what_, table);
  }
  for (const YamlEntry& entry : node.entries) {
    if (table.find(entry.key) == nullptr && !table.takes_more()) {
      refuse_key(entry, what_, table);
    }
  }
}

Section Section::of_checked(const YamlNode& node, std::string what, const KeyTable& table) {
  return {&node, std::move(what), &table};
}

const YamlNode* Section::find(std::string_view key) const {
  table_->at(key);
  return node_->find(key);
}

const YamlNode& Section::at(std::string_view key) const {
  const YamlNode* value = find(key);
  if (value == nullptr) {
    refuse_missing(*node_, what_, table_->at(key));
  }
  return *value;
}

const Form& Section::part(std::string_view key, Form::Kind kind) const {
  const Form* found = form(key).find(kind);
  if (found == nullptr) {
    throw Error("the key `" + std::string(key) + "` of " + what_ + " has another form than its reader asks for");
  }
  return *found;
}

/// The node of the value, or of the table's default, which `otherwise` then is.
const YamlNode* Section::given_or_default(std::string_view key, YamlNode& otherwise) const {
  if (const YamlNode* value = find(key)) {
    return value;
  }
  const Key& row = table_->at(key);
  if (row.otherwise.empty()) {
    refuse_missing(*node_, what_, row);
  }
  otherwise = {.kind = YamlNode::Kind::scalar, .place = node_->place, .scalar = row.otherwise};
  return &otherwise;
}

/// What messages call the value of a key.
std::string Section::label(std::string_view key) const {
  return tick(key) + (form(key).of_parent ? " of " + what_ : "");
}

double Section::quantity(std::string_view key) const {
  YamlNode otherwise;
  const Form& form = part(key, Form::Kind::quantity);
  return read_quantity(*given_or_default(key, otherwise), label(key), form.dimension, form.bounds);
}

std::int32_t Section::count(std::string_view key) const {
  return static_cast<std::int32_t>(quantity(key));
}

std::uint64_t Section::whole(std::string_view key) const {
  part(key, Form::Kind::whole);
  YamlNode otherwise;
  return read_whole(*given_or_default(key, otherwise), label(key));
}

std::string Section::text(std::string_view key) const {
  const Form& form = part(key, Form::Kind::text);
  YamlNode otherwise;
  return read_text(*given_or_default(key, otherwise), label(key), expected_of(form));
}

bool Section::flag(std::string_view key) const {
  part(key, Form::Kind::flag);
  YamlNode otherwise;
  return read_flag(*given_or_default(key, otherwise), label(key));
}

std::string Section::word(std::string_view key) const {
  const Form& form = part(key, Form::Kind::word);
  YamlNode otherwise;
  return read_name(*given_or_default(key, otherwise), form.name, form.words);
}

std::size_t Section::choice(std::string_view key) const {
  const std::vector<std::string>& words = part(key, Form::Kind::word).words;
  return static_cast<std::size_t>(std::find(words.begin(), words.end(), word(key)) - words.begin());
}

std::string Section::entry(std::string_view key, const std::vector<std::string>& names) const {
  const Form& form = part(key, Form::Kind::entry);
  YamlNode otherwise;
  return read_name(*given_or_default(key, otherwise), form.name, names);
}

std::optional<double> Section::quantity_if(std::string_view key) const {
  return has(key) ? std::optional(quantity(key)) : std::nullopt;
}

std::optional<std::int32_t> Section::count_if(std::string_view key) const {
  return has(key) ? std::optional(count(key)) : std::nullopt;
}

std::string Section::text_if(std::string_view key) const {
  return has(key) ? text(key) : std::string();
}

std::optional<Section> Section::map(std::string_view key) const {
  const YamlNode* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const Form& form = part(key, Form::Kind::map);
  return Section(*value, what_of(form, tick(key), what_), form.table());
}

std::vector<Section> Section::items(std::string_view key) const {
  std::vector<Section> sections;
  const YamlNode* value = find(key);
  if (value == nullptr) {
    return sections;
  }
  const Form& list = part(key, Form::Kind::list);
  check_size(*value, list, tick(key));
  const Form& item = list.parts.front();
  for (const YamlNode& node : value->items) {
    sections.emplace_back(node, what_of(item, tick(key), what_), item.table());
  }
  return sections;
}

}  // namespace idlewatt
