// JSON as a tree of values, each with where it stands: for formats whose rows are no single flat line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

struct JsonMember;

/// A value. Numbers stay as they are written, so that none loses digits.
struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, map };

  Kind kind = Kind::null;
  std::string text;                 ///< of a number as written, of a text without quotes and escapes, true or false
  std::vector<JsonValue> items;     ///< of a list
  std::vector<JsonMember> members;  ///< of a map, in the order of the file
  std::int64_t line = 0;
  std::int64_t column = 0;

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_number() const { return kind == Kind::number; }
  bool is_text() const { return kind == Kind::text; }
  bool is_null() const { return kind == Kind::null; }

  /// The value of the map's key; null for a value that is no map, or has no such key. Of equal keys, the last.
  const JsonValue* find(std::string_view key) const;
  /// The same for keys with dots between them, through maps in maps. A key that has dots itself comes first.
  const JsonValue* at(std::string_view path) const;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

/// Where a piece of JSON begins.
struct JsonPlace {
  std::int64_t line = 1;
  std::int64_t column = 1;
};

/// What is wrong with a text that should be JSON.
struct JsonProblem {
  JsonPlace place;
  std::string problem;
  std::string expectation;
};

/// Parses the one value that `text` holds, which begins at `place` of its file. Values under a key of `skipped` are
/// checked and not kept: they are null. False, with `problem` set, when the text is no JSON, is deeper than 64, or holds
/// more than ten million values. `Infinity` and `NaN` are numbers, as Python writes them.
bool parse_json(std::string_view text, JsonPlace place, std::span<const std::string_view> skipped, JsonValue& value,
                JsonProblem& problem);

}  // namespace idlewatt
