// JSON as a tree of values with their places, for formats whose rows are not single flat lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace idlewatt {

struct JsonMember;

/// A value of JSON. Numbers stay as they are written, so that none loses digits.
struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, map };

  Kind kind = Kind::null;
  std::string text;                 ///< number as written; text without quotes and escapes; "true" or "false"
  std::vector<JsonValue> items;     ///< elements of a list
  std::vector<JsonMember> members;  ///< members of a map, in the order of the file
  std::int64_t line = 0;
  std::int64_t column = 0;

  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_number() const { return kind == Kind::number; }
  bool is_text() const { return kind == Kind::text; }
  bool is_null() const { return kind == Kind::null; }

  /// The value of the map's key; null when this value is no map or lacks the key.
  const JsonValue* find(std::string_view key) const;
  /// The value at a path of keys with dots between them, through maps in maps; null when there is none. A key that
  /// itself contains dots comes first.
  const JsonValue* at(std::string_view path) const;
};

/// A member of a map: its key and its value.
struct JsonMember {
  std::string key;
  JsonValue value;
};

/// The place where a piece of JSON begins, both numbers from 1.
struct JsonPlace {
  std::int64_t line = 1;
  std::int64_t column = 1;
};

/// The reason why a text is no JSON.
struct JsonProblem {
  JsonPlace place;
  std::string problem;
  std::string expectation;
};

/// Parses the one value that `text` holds; `place` is where `text` begins in its file. Values under a key of
/// `skipped` are checked and replaced by null. Returns false and sets `problem` when the text is no JSON, has a key
/// twice in an object, is deeper than 64, or holds more than ten million values. `Infinity` and `NaN`, as Python writes them, are numbers.
bool parse_json(std::string_view text, JsonPlace place, std::span<const std::string_view> skipped, JsonValue& value,
                JsonProblem& problem);

}  // namespace idlewatt
