#include "traffic/json_line.hpp"

#include <fmt/core.h>
#include <string>

#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kDeepest = 32;

bool ends_number(char c) {
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t';
}

}  // namespace

/// The next character that is no blank, or 0 at the end of the line.
char JsonLine::peek() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
    ++at_;
  }
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool JsonLine::take(char c) {
  const bool there = peek() == c;
  at_ += there ? 1 : 0;
  return there;
}

void JsonLine::need(char c, const char* expectation) {
  if (!take(c)) {
    fail_here(expectation);
  }
}

std::string_view JsonLine::text() {
  need('"', "a text in double quotes");
  const std::size_t start = at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    at_ += text_[at_] == '\\' ? 2 : 1;
  }
  if (at_ >= text_.size()) {
    at_ = text_.size();
    fail_here("a closing double quote");
  }
  return text_.substr(start, at_++ - start);
}

std::string_view JsonLine::word() {
  if (peek() == '"') {
    start_ = at_;
    return text();
  }
  start_ = at_;
  while (at_ < text_.size() && !ends_number(text_[at_])) {
    ++at_;
  }
  return text_.substr(start_, at_ - start_);
}

std::int32_t JsonLine::tokens(std::string_view key) {
  const std::string_view digits = word();
  std::int32_t count = 0;
  if (!parse_number(digits, count) || count < 0) {
    fail_word(key, digits, "a whole number of tokens");
  }
  return count;
}

void JsonLine::whole_numbers(std::string_view key, std::vector<std::uint64_t>& numbers) {
  numbers.clear();
  need('[', "a list of whole numbers");
  for (bool more = !take(']'); more; more = !take(']') && (need(',', "a comma"), true)) {
    const std::string_view digits = word();
    std::uint64_t number = 0;
    if (!parse_number(digits, number)) {
      fail_word(key, digits, "whole numbers");
    }
    numbers.push_back(number);
  }
}

bool JsonLine::take_null() {
  peek();
  const bool there = text_.substr(at_, 4) == "null";
  at_ += there ? 4 : 0;
  return there;
}

void JsonLine::skip_value(std::size_t depth) {
  const char first = peek();
  if (first == '"') {
    text();
  } else if (first == '[' || first == '{') {
    const char close = first == '[' ? ']' : '}';
    ++at_;
    if (depth == kDeepest) {
      fail_here("a value that is less deep");
    }
    for (bool more = !take(close); more; more = !take(close) && (need(',', "a comma"), true)) {
      if (first == '{') {
        text();
        need(':', "a colon");
      }
      skip_value(depth + 1);
    }
  } else if (word().empty()) {
    fail_here("a value");
  }
}

void JsonLine::fail_word(std::string_view key, std::string_view word, const char* expectation) const {
  lines_.fail(start_ + 1,
              std::string(key) + (word.empty() ? " is missing" : " is " + quoted(word)) +
                  (at_ == text_.size() ? cut_off(lines_) : ""),
              expectation);
}

void JsonLine::fail_key(std::string_view key, const char* why) const {
  lines_.fail(at_ + 1, fmt::format("there is a `{}`, {}", key, why), "rows without it");
}

void JsonLine::fail_here(const char* expectation) {
  const bool end = peek() == '\0';
  lines_.fail(at_ + 1, end ? "the line ends too early" + cut_off(lines_) : "unexpected " + quoted(text_.substr(at_)),
              expectation);
}

}  // namespace idlewatt
