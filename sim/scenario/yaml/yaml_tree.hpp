// YAML as a plain tree of our own, every node with its place in the input. Only this file's source uses the YAML
// library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace idlewatt {

/// The layer of a value, from the weakest to the strongest: a later layer overrides an earlier one.
enum class Layer { file, variant, command_line };

/// A place in the user's input.
struct Place {
  std::string origin;  ///< the file as the user named it, or "--set pools.chat.servers=l4-8"
  int line = 0;        ///< from 1; 0 where the origin has no lines
  int column = 0;      ///< from 1
  Layer layer = Layer::file;
  std::string variant = {};  ///< variant whose override it is; empty outside `variants:`

  /// The place as text: "file:line:column", "file:line:column: variant `x`", or the origin alone.
  std::string text() const;
};

/// An InputError that keeps its place apart, so that a caller can add the name of a variant.
class PlacedError : public InputError {
 public:
  PlacedError(Place place, const std::string& message)
      : InputError(place.text() + ": " + message), place_(std::move(place)), message_(message) {}
  const Place& place() const { return place_; }
  const std::string& message() const { return message_; }

 private:
  Place place_;
  std::string message_;
};

/// An error in which every name is right but the hardware lacks the capacity: too little memory, too few accelerators,
/// a missing precision. A grid may leave such points out.
class DoesNotFitError : public PlacedError {
  using PlacedError::PlacedError;
};

/// Throws PlacedError "place: message"; fail_to_fit() throws DoesNotFitError.
[[noreturn]] void fail(const Place& place, const std::string& message);
[[noreturn]] void fail_to_fit(const Place& place, const std::string& message);

/// A key of a map with its value. It is a template because a node holds entries and an entry holds a node; it is
/// instantiated when YamlNode is complete.
template <class Node>
struct BasicYamlEntry {
  std::string key;
  Place key_place;
  Node value;
};

struct YamlNode;
using YamlEntry = BasicYamlEntry<YamlNode>;

/// A value of YAML with its place.
struct YamlNode {
  enum class Kind { null, scalar, sequence, map };

  Kind kind = Kind::null;
  Place place = {};
  std::string scalar = {};
  bool quoted = false;                  ///< true: the scalar stood in quotes
  std::vector<YamlNode> items = {};     ///< items of a sequence
  std::vector<YamlEntry> entries = {};  ///< entries of a map, in the file's order, no key twice

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }

  /// The value under `key` of a map; null when there is none.
  const YamlNode* find(std::string_view key) const;
  YamlNode* find(std::string_view key);
};

/// Parses the one document in `text`. Throws InputError on syntax errors, repeated keys, merge keys (`<<`), tags, more
/// than one document, and aliases that would make the tree explode. With `has_lines` false, places are the origin
/// alone.
YamlNode parse_yaml(const std::string& text, const std::string& origin, bool has_lines = true);

/// Parses all documents in `text`; some may be empty. Throws InputError as parse_yaml() does, except for several
/// documents.
std::vector<YamlNode> parse_yaml_documents(const std::string& text, const std::string& origin);

/// The text of a file. Throws InputError when the file cannot be read or is longer than 64 MiB (such as a device
/// without an end).
std::string read_text_file(const std::string& path);

/// The node on one line in YAML's flow style, in a form that parse_yaml() reads.
std::string flow_text(const YamlNode& node);

/// Marks a tree as an override, of a variant or of the command line.
void mark_layer(YamlNode& node, Layer layer, const std::string& variant);

}  // namespace idlewatt
