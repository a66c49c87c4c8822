// One line of JSON, read from left to right, for the fast readers of JSON lines.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "traffic/line_reader.hpp"

namespace idlewatt {

/// Walks one line of JSON without building a tree. Each function begins where the last one ended. All functions
/// throw InputError with the line and the column.
class JsonLine {
 public:
  /// Makes a reader for `text`, the last line that `lines` gave. Both must stay valid.
  JsonLine(const LineReader& lines, std::string_view text) : lines_(lines), text_(text) {}

  /// Calls `take(key)` for each key of the object that the line holds. `take` must read the value or skip it. Throws
  /// InputError for a key that comes twice among the first 32.
  template <class Take>
  void each_key(Take take) {
    std::array<std::string_view, 32> keys;
    std::size_t count = 0;
    need('{', "an object on every line");
    for (bool more = !this->take('}'); more; more = !this->take('}') && (need(',', "a comma"), true)) {
      const std::string_view key = text();
      const auto before = std::span(keys).first(count);
      if (std::find(before.begin(), before.end(), key) != before.end()) {
        fail_key(key, "which the row has already");
      }
      if (count < keys.size()) {
        keys[count++] = key;
      }
      need(':', "a colon");
      take(key);
    }
    if (peek() != '\0') {
      fail_here("the end of the line");
    }
  }

  /// The next value, a string, without its quotes; escapes stay as they are.
  std::string_view text();
  /// The text up to the next comma, bracket or blank. A string loses its quotes.
  std::string_view word();
  /// The next value as a whole number of tokens, at least 0.
  std::int32_t tokens(std::string_view key);
  /// The next value as a list of whole numbers, each at least 0.
  void whole_numbers(std::string_view key, std::vector<std::uint64_t>& numbers);
  void skip_value(std::size_t depth = 0);
  /// Reads the next value if it is `null`. Returns whether it was.
  bool take_null();

  /// The column at which the last word begins, from 1.
  std::size_t column() const { return start_ + 1; }
  /// Throws "there is a `<key>`, <why>" for the key that each_key() has just given.
  [[noreturn]] void fail_key(std::string_view key, const char* why) const;
  /// Throws "<key> is `<word>`" for the last word.
  [[noreturn]] void fail_word(std::string_view key, std::string_view word, const char* expectation) const;

 private:
  char peek();
  bool take(char c);
  void need(char c, const char* expectation);
  [[noreturn]] void fail_here(const char* expectation);

  const LineReader& lines_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the last word
};

}  // namespace idlewatt
