#include "scenario/keys/key_table.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "scenario/yaml/fields.hpp"

namespace idlewatt {

Form Form::named(std::string what) const {
  Form result = *this;
  result.name = std::move(what);
  return result;
}

Form Form::expecting(std::string what) const {
  Form result = *this;
  result.expected = std::move(what);
  return result;
}

Form Form::of_its_map() const {
  Form result = *this;
  result.of_parent = true;
  return result;
}

Form Form::left_to_reader() const {
  Form result = *this;
  result.by_reader = true;
  return result;
}

Form Form::matching(std::string regex) const {
  Form result = *this;
  result.pattern = std::move(regex);
  return result;
}

const Form* Form::find(Kind wanted) const {
  if (kind == wanted) {
    return this;
  }
  if (kind != Kind::either) {
    return nullptr;
  }
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Form& part) { return part.kind == wanted; });
  return found == parts.end() ? nullptr : &*found;
}

Form quantity_form(Dimension dimension, const Bounds& bounds) {
  return {.kind = Form::Kind::quantity, .dimension = dimension, .bounds = bounds};
}

Form money_form(Dimension dimension, const Bounds& bounds) {
  return {.kind = Form::Kind::quantity, .dimension = dimension, .bounds = bounds, .any_currency = true};
}

Form count_form(std::int32_t minimum, std::int32_t maximum) {
  return quantity_form(Dimension::count,
                       {.minimum = static_cast<double>(minimum), .maximum = static_cast<double>(maximum)});
}

Form whole_form() {
  return {.kind = Form::Kind::whole, .expected = "a whole number such as `1`"};
}

Form flag_form() {
  return {.kind = Form::Kind::flag};
}

Form text_form(std::string expected) {
  return {.kind = Form::Kind::text, .expected = std::move(expected)};
}

Form word_form(std::string kind, std::vector<std::string> words) {
  return {.kind = Form::Kind::word, .name = std::move(kind), .words = std::move(words)};
}

Form entry_form(std::string kind) {
  return {.kind = Form::Kind::entry, .name = std::move(kind)};
}

Form map_form(KeyTableOf table) {
  return {.kind = Form::Kind::map, .table = table};
}

Form map_form_of_parent(KeyTableOf table) {
  return {.kind = Form::Kind::map, .table = table, .of_parent = true};
}

Form list_form(Form item, std::size_t least, std::size_t most) {
  return {.kind = Form::Kind::list, .parts = {std::move(item)}, .least = least, .most = most};
}

Form by_name_form(Form value, std::string each, std::size_t least) {
  return {.kind = Form::Kind::by_name, .name = std::move(each), .parts = {std::move(value)}, .least = least};
}

Form policy_form(std::string path, KeyTableOf beside) {
  return {.kind = Form::Kind::policy, .name = std::move(path), .table = beside};
}

Form open_form(std::string expected) {
  return {.kind = Form::Kind::open, .expected = std::move(expected)};
}

Form either_form(std::vector<Form> parts) {
  return {.kind = Form::Kind::either, .parts = std::move(parts)};
}

std::string expected_of(const Form& form) {
  if (!form.expected.empty()) {
    return form.expected;
  }
  switch (form.kind) {
    case Form::Kind::quantity:
      return expected(form.dimension);
    case Form::Kind::flag:
      return "`true` or `false`";
    case Form::Kind::word:
      return "the name of a " + form.name + ": " + list_text(form.words);
    case Form::Kind::entry:
      return "the name of a " + form.name + ": see `idlewatt catalog " + form.name + "s`";
    case Form::Kind::map:
      return "a map with the keys " + list_text(form.table().names());
    case Form::Kind::list:
      return "a list; each entry is " + expected_of(form.parts.front());
    case Form::Kind::by_name:
      return "a map of names; each value is " + expected_of(form.parts.front());
    case Form::Kind::policy:
      return "a policy such as `{policy: ...}`";
    case Form::Kind::either: {
      std::string result;
      for (const Form& part : form.parts) {
        result += (result.empty() ? "" : ", or ") + expected_of(part);
      }
      return result;
    }
    case Form::Kind::whole:
    case Form::Kind::text:
    case Form::Kind::open:
      break;
  }
  return "a value";
}

std::vector<std::string> KeyTable::names() const {
  std::vector<std::string> result;
  for (const Key& key : keys_) {
    result.push_back(key.name);
  }
  return result;
}

const Key* KeyTable::find(std::string_view name) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

const Key& KeyTable::at(std::string_view name) const {
  const Key* key = find(name);
  if (key == nullptr) {
    throw Error("the table of keys `" + title_ + "` has no key `" + std::string(name) + "`, which its reader asks for");
  }
  return *key;
}

KeyTable KeyTable::and_more() const {
  KeyTable result = *this;
  result.takes_more_ = true;
  return result;
}

KeyTable KeyTable::with(const std::vector<Key>& more) const {
  KeyTable result = *this;
  result.keys_.insert(result.keys_.end(), more.begin(), more.end());
  return result;
}

KeyTable KeyTable::only(const std::vector<std::string>& names) const {
  KeyTable result = *this;
  result.keys_.clear();
  for (const std::string& name : names) {
    result.keys_.push_back(at(name));
  }
  return result;
}

}  // namespace idlewatt
