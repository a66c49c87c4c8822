#include "scenario/keys/key_check.hpp"

#include <algorithm>
#include <vector>

#include "base/spelling_suggestion.hpp"
#include "policy/table.hpp"
#include "scenario/policy/policy_keys.hpp"
#include "scenario/yaml/fields.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {
namespace {

std::string tick(const std::string& word) {
  return "`" + word + "`";
}

std::vector<std::string> entries_of(const Catalog& catalog, const std::string& kind) {
  return kind == "accelerator" ? keys_of(catalog.accelerators)
         : kind == "server"    ? keys_of(catalog.servers)
         : kind == "model"     ? keys_of(catalog.models)
                               : keys_of(catalog.engines);
}

bool is_of_map(const Form& part) {
  return part.kind == Form::Kind::map || part.kind == Form::Kind::by_name || part.kind == Form::Kind::policy;
}

/// Whether a map has all keys that the part must have, and so is meant to be it.
bool is_complete(const Form& part, const YamlNode& node) {
  if (part.kind == Form::Kind::policy) {
    return node.find("policy") != nullptr;
  }
  if (part.kind != Form::Kind::map) {
    return true;
  }
  const std::vector<Key>& keys = part.table().keys();
  return std::all_of(keys.begin(), keys.end(), [&](const Key& k) { return !k.must || node.find(k.name) != nullptr; });
}

/// How many keys of a map are the part's.
std::size_t keys_known(const Form& part, const YamlNode& node) {
  const auto known = [&](const YamlEntry& entry) {
    return part.kind == Form::Kind::map ? part.table().find(entry.key) != nullptr : entry.key == "policy";
  };
  return static_cast<std::size_t>(std::count_if(node.entries.begin(), node.entries.end(), known));
}

/// The one part that the map has all keys for; where there is none or several, the open one, whose reader says it best;
/// else the one that knows most of its keys.
const Form& map_meant(const Form& form, const YamlNode& node) {
  const Form* complete = nullptr;
  const Form* open = nullptr;
  const Form* nearest_part = nullptr;
  int count = 0;
  for (const Form& part : form.parts) {
    if (part.kind == Form::Kind::open) {
      open = &part;
    } else if (is_of_map(part)) {
      count += is_complete(part, node) ? 1 : 0;
      complete = is_complete(part, node) ? &part : complete;
      if (nearest_part == nullptr || keys_known(part, node) > keys_known(*nearest_part, node)) {
        nearest_part = &part;
      }
    }
  }
  const Form* meant = count == 1 ? complete : open != nullptr ? open : nearest_part;
  return meant == nullptr ? form.parts.front() : *meant;
}

const Form& scalar_meant(const Form& form, const YamlNode& node) {
  const Form* meant = nullptr;
  for (const Form& part : form.parts) {
    if (is_of_map(part) || part.kind == Form::Kind::list || part.kind == Form::Kind::open) {
      continue;
    }
    if (part.kind == Form::Kind::word &&
        std::find(part.words.begin(), part.words.end(), node.scalar) != part.words.end()) {
      return part;
    }
    meant = meant == nullptr || meant->kind == Form::Kind::word ? &part : meant;
  }
  return meant == nullptr ? form.parts.front() : *meant;
}

}  // namespace

const Form& part_meant(const Form& form, const YamlNode& node) {
  // A key with nothing after it is a map, where one may be empty.
  const auto may_be_empty = [&](const Form& part) { return is_of_map(part) && is_complete(part, node); };
  if (node.is_map() || (node.is_null() && std::any_of(form.parts.begin(), form.parts.end(), may_be_empty))) {
    return map_meant(form, node);
  }
  if (!node.is_sequence()) {
    return scalar_meant(form, node);
  }
  const auto found = std::find_if(form.parts.begin(), form.parts.end(), [](const Form& part) {
    return part.kind == Form::Kind::list || part.kind == Form::Kind::open;
  });
  return found == form.parts.end() ? form.parts.front() : *found;
}

void KeyCheck::map(const YamlNode& node, const std::string& what, const KeyTable& table) {
  const std::size_t before = problems_.size();
  if (!node.is_map() && !node.is_null()) {
    problems_.note([&] { refuse_no_map(node, what, table); });
    problems_.mark(node);
    return;
  }
  std::vector<std::string> meant;  // keys that a misspelt one stands for: they are not missing
  for (const YamlEntry& entry : node.entries) {
    if (const Key* key = table.find(entry.key)) {
      value(entry.value, key->form, tick(key->name), what);
    } else if (!table.takes_more()) {
      problems_.note([&] { refuse_key(entry, what, table); });
      if (const auto suggestion = nearest(entry.key, table.names())) {
        meant.push_back(*suggestion);
      }
    }
  }
  for (const Key& key : table.keys()) {
    if (key.must && node.find(key.name) == nullptr && std::find(meant.begin(), meant.end(), key.name) == meant.end()) {
      problems_.note([&] { refuse_missing(node, what, key); });
    }
  }
  if (problems_.size() > before) {
    problems_.mark(node);
  }
}

void KeyCheck::value(const YamlNode& node, const Form& form, const std::string& key, const std::string& parent) {
  if (form.by_reader) {
    return;
  }
  const std::string label = form.of_parent && form.kind != Form::Kind::map ? key + " of " + parent : key;
  const std::size_t before = problems_.size();
  switch (form.kind) {
    case Form::Kind::quantity:
    case Form::Kind::whole:
    case Form::Kind::flag:
    case Form::Kind::text:
    case Form::Kind::word:
      problems_.note([&] { check_scalar(node, form, label); });
      break;
    case Form::Kind::entry:
      entry(node, form.name, label);
      break;
    case Form::Kind::map:
      map(node, what_of(form, label, parent), form.table());
      break;
    case Form::Kind::list:
      list(node, form, label, parent);
      break;
    case Form::Kind::by_name:
      names(node, form, label, parent);
      break;
    case Form::Kind::policy:
      policy(node, form);
      break;
    case Form::Kind::open:
      break;
    case Form::Kind::either:
      value(node, part_meant(form, node), label, parent);
      break;
  }
  if (problems_.size() > before) {
    problems_.mark(node);
  }
}

void KeyCheck::list(const YamlNode& node, const Form& form, const std::string& label, const std::string& parent) {
  if (!problems_.note([&] { check_size(node, form, label); })) {
    return;
  }
  for (const YamlNode& item : node.items) {
    value(item, form.parts.front(), form.name.empty() ? label : form.name, parent);
  }
}

void KeyCheck::names(const YamlNode& node, const Form& form, const std::string& label, const std::string& parent) {
  if (!problems_.note([&] { check_size(node, form, label); })) {
    return;
  }
  for (const YamlEntry& item : node.entries) {
    if (!form.names_of.empty()) {
      entry({.kind = YamlNode::Kind::scalar, .place = item.key_place, .scalar = item.key}, form.names_of, label);
    }
    const std::string name = form.name.empty() ? label + " of " + tick(item.key) : form.name + " " + tick(item.key);
    value(item.value, form.parts.front(), name, parent);
  }
}

void KeyCheck::entry(const YamlNode& node, const std::string& kind, const std::string& label) {
  if (catalog_ == nullptr) {
    problems_.note([&] { read_text(node, label, expected_of(entry_form(kind))); });
  } else {
    problems_.note([&] { read_name(node, kind, entries_of(*catalog_, kind)); });
  }
}

void KeyCheck::policy(const YamlNode& node, const Form& form) {
  const PolicyFamily family = policy_family_at(form.name);
  const YamlNode* name = node.is_map() ? node.find("policy") : nullptr;
  if (name != nullptr && name->is_map() && family.from_outside) {
    return;  // of a plug-in or of Python, which alone knows its parameters
  }
  const PolicyInfo* info = nullptr;
  if (problems_.note([&] { info = &named_policy(node, family); })) {
    map(node, family.kind + " " + tick(info->name), policy_keys(*info, form.table));
  }
}

}  // namespace idlewatt
