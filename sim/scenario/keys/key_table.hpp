// The keys of a map of YAML, stated once: a table has the name, form, default and meaning of each key. The reader
// (section.hpp), the check of whole files (key_check.hpp), the JSON Schema and the reference page are made from the
// tables. Each table stands beside its reader.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"

namespace idlewatt {

/// The bounds of a quantity in its dimension's unit, both ends included.
struct Bounds {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_zero = false;
};

inline constexpr Bounds kPositive{.above_zero = true};

class KeyTable;

/// The table of a map, by the function that returns it.
using KeyTableOf = const KeyTable& (*)();

/// The form of a value. Made by the functions below.
struct Form {
  enum class Kind : std::uint8_t {
    quantity,  ///< a number, with its unit where one is due; whole numbers too
    whole,     ///< a whole number of 64 bits, without a sign
    flag,      ///< `true` or `false`
    text,      ///< any text that is not empty
    word,      ///< one of `words`
    entry,     ///< the name of an entry of the catalogue; `name` is its kind
    map,       ///< the keys of `table`
    list,      ///< `least` to `most` values of the form `parts[0]`
    by_name,   ///< a map whose keys are names, with values of the form `parts[0]`
    policy,    ///< the choice of a policy; `name` is the path of its family
    open,      ///< anything; its reader has rules of its own
    either,    ///< one of `parts`, which differ in kind
  };

  Kind kind = Kind::open;
  Dimension dimension = Dimension::number;  ///< of a quantity
  Bounds bounds = {};                       ///< of a quantity
  bool any_currency = false;                ///< true: an amount of money may be in any currency
  /// The name in messages: for a word or an entry its kind ("placement"), for a map the map itself ("a rack"), for a
  /// list each of its values, for names the kind of thing ("pool").
  std::string name = {};
  std::string expected = {};            ///< completes "expected" in messages; empty: follows from the other members
  std::vector<std::string> words = {};  ///< permitted words, for a word
  KeyTableOf table = nullptr;           ///< keys of a map; for a policy the keys beside its parameters, null where
                                        ///< there are none
  bool of_parent = false;               ///< true: messages also name the map that holds it
  std::vector<Form> parts = {};
  std::size_t least = 0;                                       ///< least number of values of a list or of names
  std::size_t most = std::numeric_limits<std::size_t>::max();  ///< largest number of values of a list
  std::string pattern = {};   ///< for a text: regular expression that it matches, for the schema; empty: any text
  bool by_reader = false;     ///< true: the check of whole files skips it, since its reader tells its forms apart by
                              ///< rules of its own
  std::string names_of = {};  ///< for names: kind of catalogue entry that each must be ("server"); empty: any names

  /// A copy of this form with another name in messages.
  Form named(std::string what) const;
  /// A copy of this form with another text after "expected".
  Form expecting(std::string what) const;
  /// A copy of this form that messages call "`key` of" the map that holds it.
  Form of_its_map() const;
  /// A copy of this form that the check of whole files skips.
  Form left_to_reader() const;
  /// A copy of this text form with a pattern.
  Form matching(std::string regex) const;
  /// This form, or the first of its parts, that is of a kind; null when there is none.
  const Form* find(Kind wanted) const;
};

Form quantity_form(Dimension dimension, const Bounds& bounds = {});
/// A quantity of money in any currency.
Form money_form(Dimension dimension, const Bounds& bounds = {});
/// A whole number.
Form count_form(std::int32_t minimum, std::int32_t maximum);
/// A whole number of 64 bits, such as a seed.
Form whole_form();
Form flag_form();
Form text_form(std::string expected);
Form word_form(std::string kind, std::vector<std::string> words);
/// `kind` is "accelerator", "server", "model" or "engine".
Form entry_form(std::string kind);
Form map_form(KeyTableOf table);
/// A map whose name in messages includes the map that holds it.
Form map_form_of_parent(KeyTableOf table);
Form list_form(Form item, std::size_t least = 1, std::size_t most = std::numeric_limits<std::size_t>::max());
/// A map by name. `each` names a value in messages, before the value's name: "pool".
Form by_name_form(Form value, std::string each, std::size_t least = 1);
/// The choice of a policy. `path` is that of its family: "pools.NAME.idle". `beside` has the keys that may stand beside
/// the parameters.
Form policy_form(std::string path, KeyTableOf beside = nullptr);
Form open_form(std::string expected);
Form either_form(std::vector<Form> parts);

/// The text that completes "expected" in a message about a value of the form.
std::string expected_of(const Form& form);

/// A key of a map.
struct Key {
  std::string name;
  Form form;
  bool must = false;           ///< true: the key must always be given
  std::string otherwise = {};  ///< default value as YAML writes it; empty where there is none
  std::string without = {};    ///< description of the default where it is no constant; empty where there is nothing to
                               ///< say
  std::string help;            ///< one sentence or phrase
};

/// The keys of a map, in the order in which messages, schema and reference list them.
class KeyTable {
 public:
  /// Makes a table. `title` heads its part of the reference page, `help` describes the map, `example` is an example in
  /// YAML.
  KeyTable(std::string title, std::string help, std::string example, std::vector<Key> keys)
      : title_(std::move(title)), help_(std::move(help)), example_(std::move(example)), keys_(std::move(keys)) {}

  const std::string& title() const { return title_; }
  const std::string& help() const { return help_; }
  const std::string& example() const { return example_; }
  const std::vector<Key>& keys() const { return keys_; }
  std::vector<std::string> names() const;

  /// The key of that name; null when the table lacks it.
  const Key* find(std::string_view name) const;
  /// The key of that name. Throws Error, a bug of the program, when the table lacks it.
  const Key& at(std::string_view name) const;

  /// True when keys outside the table are left to the reader.
  bool takes_more() const { return takes_more_; }

  /// A copy of this table that leaves other keys to the reader.
  KeyTable and_more() const;
  /// A copy of this table with more keys after its own.
  KeyTable with(const std::vector<Key>& more) const;
  /// A copy of this table with only the named keys, in their order.
  KeyTable only(const std::vector<std::string>& names) const;

 private:
  std::string title_;
  std::string help_;
  std::string example_;
  std::vector<Key> keys_;
  bool takes_more_ = false;
};

}  // namespace idlewatt
