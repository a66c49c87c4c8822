// The keys of a map of YAML, said once: a table has each key's name, form, default and meaning. The reader (section.hpp),
// the check of whole files (key_check.hpp), the JSON Schema and the reference page are made from the tables. A table
// stands beside its reader.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"

namespace idlewatt {

/// What a quantity may be, in its dimension's unit, both ends included.
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
  bool any_currency = false;                ///< of money: in any currency, not in US dollars alone
  /// What messages call it: of a word and an entry its kind ("placement"), of a map itself ("a rack"), of a list each of
  /// its values, of names the kind of thing ("pool").
  std::string name = {};
  std::string expected = {};            ///< completes "expected" in messages; empty: follows from the rest
  std::vector<std::string> words = {};  ///< of a word
  KeyTableOf table = nullptr;           ///< of a map; of a policy the keys beside its parameters, null where none are
  bool of_parent = false;               ///< messages name the map that holds it, too
  std::vector<Form> parts = {};
  std::size_t least = 0;                                       ///< of a list and of names: so many at the least
  std::size_t most = std::numeric_limits<std::size_t>::max();  ///< of a list
  std::string pattern = {};  ///< of a text: a regular expression that it matches, for the schema; empty: any
  bool by_reader = false;    ///< the check of whole files passes over it: its reader tells its forms apart by own rules
  std::string names_of = {};  ///< of names that are entries of the catalogue: their kind

  /// The same, called so in messages.
  Form named(std::string what) const;
  /// The same, with that behind "expected".
  Form expecting(std::string what) const;
  /// The same, which messages call "`key` of" the map that holds it.
  Form of_its_map() const;
  /// The same, which the check of whole files leaves to its reader.
  Form left_to_reader() const;
  /// The same text, of that pattern.
  Form matching(std::string regex) const;
  /// Itself or the first of its parts that is of the kind; null where there is none.
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
/// A map that messages call by the map that holds it, too.
Form map_form_of_parent(KeyTableOf table);
Form list_form(Form item, std::size_t least = 1, std::size_t most = std::numeric_limits<std::size_t>::max());
/// `each` is what messages call a value, before its name: "pool".
Form by_name_form(Form value, std::string each, std::size_t least = 1);
/// `path` is that of a family of policies: "pools.NAME.idle".
/// `beside` has keys that may stand beside the parameters.
Form policy_form(std::string path, KeyTableOf beside = nullptr);
Form open_form(std::string expected);
Form either_form(std::vector<Form> parts);

/// What completes "expected" in a message about a value of the form.
std::string expected_of(const Form& form);

/// A key of a map.
struct Key {
  std::string name;
  Form form;
  bool must = false;           ///< it must be given, whatever else is
  std::string otherwise = {};  ///< the value that holds without it, as YAML writes it; empty where there is none
  std::string without = {};  ///< what holds without it, where that is no constant; empty where there is nothing to say
  std::string help;          ///< one sentence or phrase
};

/// The keys of a map, in the order in which messages, schema and reference list them.
class KeyTable {
 public:
  /// `title` heads its part of the reference page, `help` says what the map is, `example` is one as YAML writes it.
  KeyTable(std::string title, std::string help, std::string example, std::vector<Key> keys)
      : title_(std::move(title)), help_(std::move(help)), example_(std::move(example)), keys_(std::move(keys)) {}

  const std::string& title() const { return title_; }
  const std::string& help() const { return help_; }
  const std::string& example() const { return example_; }
  const std::vector<Key>& keys() const { return keys_; }
  std::vector<std::string> names() const;

  /// The key of that name; null where there is none.
  const Key* find(std::string_view name) const;
  /// The key of that name. Throws Error, a fault of the program, where there is none.
  const Key& at(std::string_view name) const;

  /// Whether keys that it does not have are left to the reader.
  bool takes_more() const { return takes_more_; }

  /// The same, where other keys are left to the reader.
  KeyTable and_more() const;
  /// The same with these keys behind its own.
  KeyTable with(const std::vector<Key>& more) const;
  /// The same with these of its keys, in their order.
  KeyTable only(const std::vector<std::string>& names) const;

 private:
  std::string title_;
  std::string help_;
  std::string example_;
  std::vector<Key> keys_;
  bool takes_more_ = false;
};

}  // namespace idlewatt
