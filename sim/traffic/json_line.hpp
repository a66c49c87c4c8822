// One line of JSON, read from left to right: what the fast readers of JSON lines share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "traffic/line_reader.hpp"

namespace idlewatt {

/// Walks one line of JSON without building a tree. Each function begins where the last one ended. All throw InputError
/// with the line and the column.
class JsonLine {
 public:
  /// `lines` gave the line `text`; both must stay valid.
  JsonLine(const LineReader& lines, std::string_view text) : lines_(lines), text_(text) {}

  /// Calls `take(key)` for each key of the object that the line holds; `take` reads the value, or skips it.
  template <class Take>
  void each_key(Take take) {
    need('{', "an object on every line");
    for (bool more = !this->take('}'); more; more = !this->take('}') && (need(',', "a comma"), true)) {
      const std::string_view key = text();
      need(':', "a colon");
      take(key);
    }
    if (peek() != '\0') {
      fail_here("the end of the line");
    }
  }

  /// A string without its quotes; escapes stay as they are.
  std::string_view text();
  /// What stands up to the next comma, bracket or blank; a string loses its quotes.
  std::string_view word();
  /// Whole tokens, 0 and more.
  std::int32_t tokens(std::string_view key);
  /// A list of whole numbers, none below 0.
  void whole_numbers(std::string_view key, std::vector<std::uint64_t>& numbers);
  void skip_value(std::size_t depth = 0);
  /// Whether the next value is `null`, which is then read.
  bool take_null();

  /// Where the last word begins, from 1.
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
