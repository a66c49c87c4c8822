#include "traffic/json_value.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

#include "traffic/csv_fields.hpp"

namespace idlewatt {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 10'000'000;

void append_utf8(std::uint32_t code, std::string& text) {
  if (code < 0x80U) {
    text += static_cast<char>(code);
  } else if (code < 0x800U) {
    text += static_cast<char>(0xC0U | code >> 6U);
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    text += static_cast<char>(0xE0U | code >> 12U);
    text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    text += static_cast<char>(0xF0U | code >> 18U);
    text += static_cast<char>(0x80U | (code >> 12U & 0x3FU));
    text += static_cast<char>(0x80U | (code >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

/// What stands for itself behind a backslash, or 0.
char escaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return '\0';
  }
}

/// -0.5e+3 and the like, and the words that Python writes.
bool is_number_text(std::string_view text) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") {
    return true;
  }
  text.remove_prefix(text.starts_with('-') ? 1 : 0);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && text.front() >= '0' && text.front() <= '9' && error != std::errc::invalid_argument &&
         end == text.data() + text.size();
}

class Parser {
 public:
  Parser(std::string_view text, JsonPlace place, std::span<const std::string_view> skipped)
      : text_(text), first_line_(place.line), first_column_(place.column), skipped_(skipped) {}

  bool parse(JsonValue& value) {
    return read(value, 0, true) && (peek() == '\0' || fail("more stands behind the value", "one value"));
  }

  JsonProblem problem() const { return problem_; }

 private:
  char peek() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      if (text_[at_] == '\n') {
        ++lines_;
        line_start_ = at_ + 1;
      }
      ++at_;
    }
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  JsonPlace place() const {
    return {first_line_ + lines_,
            static_cast<std::int64_t>(at_ - line_start_) + (lines_ == 0 ? first_column_ : std::int64_t{1})};
  }

  bool fail(const std::string& problem, const char* expectation) {
    const bool end = at_ >= text_.size();
    problem_ = {place(), end ? "the value ends too early" : problem, expectation};
    return false;
  }

  bool fail_here(const char* expectation) { return fail("unexpected " + quoted(text_.substr(at_)), expectation); }

  bool read(JsonValue& value, std::size_t depth, bool keep) {
    const char first = peek();
    if (depth > kDeepest) {
      return fail(fmt::format("the value lies deeper than {} brackets", kDeepest), "a value that is less deep");
    }
    if (keep && ++values_ > kMostValues) {
      return fail(fmt::format("the value holds more than {} values", kMostValues), "a smaller one");
    }
    const JsonPlace here = place();
    value = {};
    value.line = here.line;
    value.column = here.column;
    switch (first) {
      case '{':
        value.kind = JsonValue::Kind::map;
        return read_map(value, depth, keep);
      case '[':
        value.kind = JsonValue::Kind::list;
        return read_list(value, depth, keep);
      case '"':
        value.kind = JsonValue::Kind::text;
        return read_text(value.text, keep);
      default:
        return read_word(value);
    }
  }

  bool read_map(JsonValue& map, std::size_t depth, bool keep) {
    ++at_;
    bool first = true;
    for (bool more = !take('}'); more; more = !take('}')) {
      if (!first && !take(',')) {
        return fail_here("a comma or a closing bracket");
      }
      first = false;
      std::string key;
      if (peek() != '"' || !read_text(key, true)) {
        return problem_.problem.empty() ? fail_here("a key in double quotes") : false;
      }
      if (!take(':')) {
        return fail_here("a colon");
      }
      const bool keep_value = keep && std::find(skipped_.begin(), skipped_.end(), key) == skipped_.end();
      JsonValue value;
      if (!read(value, depth + 1, keep_value)) {
        return false;
      }
      if (keep) {
        map.members.push_back({std::move(key), keep_value ? std::move(value) : JsonValue{}});
      }
    }
    const std::string_view twice = key_twice(map);
    if (!twice.empty()) {
      problem_ = {{map.line, map.column}, "the key " + quoted(twice) + " comes twice in one object", "each key once"};
    }
    return twice.empty();
  }

  /// A key that comes more than once; empty where none does, or where the key itself is empty.
  static std::string_view key_twice(const JsonValue& map) {
    std::vector<std::string_view> keys;
    keys.reserve(map.members.size());
    for (const JsonMember& member : map.members) {
      keys.push_back(member.key);
    }
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    return twice == keys.end() ? std::string_view{} : *twice;
  }

  bool read_list(JsonValue& list, std::size_t depth, bool keep) {
    ++at_;
    bool first = true;
    for (bool more = !take(']'); more; more = !take(']')) {
      if (!first && !take(',')) {
        return fail_here("a comma or a closing bracket");
      }
      first = false;
      JsonValue value;
      if (!read(value, depth + 1, keep)) {
        return false;
      }
      if (keep) {
        list.items.push_back(std::move(value));
      }
    }
    return true;
  }

  bool take(char c) {
    const bool there = peek() == c;
    at_ += there ? 1 : 0;
    return there;
  }

  bool read_text(std::string& text, bool keep) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        if (!read_escape(text)) {
          return false;
        }
        continue;
      }
      if (text_[at_] == '\n') {
        ++lines_;
        line_start_ = at_ + 1;
      }
      if (keep) {
        text += text_[at_];
      }
      ++at_;
    }
    if (at_ >= text_.size()) {
      return fail("", "a closing double quote");
    }
    ++at_;
    return true;
  }

  bool read_escape(std::string& text) {
    const char code = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (const char c = escaped(code); c != '\0') {
      text += c;
      at_ += 2;
      return true;
    }
    std::uint32_t unit = 0;
    if (code != 'u' || !read_unit(unit)) {
      return fail_here("an escape of JSON, such as `\\n` or `\\u00e9`");
    }
    std::uint32_t low = 0;
    if (unit >= 0xD800U && unit < 0xDC00U && text_.substr(at_, 2) == "\\u" && read_unit(low)) {
      unit = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
    }
    append_utf8(unit, text);
    return true;
  }

  bool read_unit(std::uint32_t& unit) {
    const std::string_view digits = text_.substr(std::min(at_ + 2, text_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() != 4 || error != std::errc{} || end != digits.data() + 4) {
      return false;
    }
    at_ += 6;
    return true;
  }

  bool read_word(JsonValue& value) {
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view(" \t\r\n,]}").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    const std::string_view word = text_.substr(start, at_ - start);
    if (word == "null") {
      return true;
    }
    if (word == "true" || word == "false" || is_number_text(word)) {
      value.kind = word.front() == 't' || word.front() == 'f' ? JsonValue::Kind::boolean : JsonValue::Kind::number;
      value.text = word;
      return true;
    }
    at_ = start;
    return fail_here("a value of JSON");
  }

  std::string_view text_;
  std::int64_t first_line_;
  std::int64_t first_column_;
  std::span<const std::string_view> skipped_;
  std::size_t at_ = 0;
  std::int64_t lines_ = 0;  // line ends so far
  std::size_t line_start_ = 0;
  std::size_t values_ = 0;
  JsonProblem problem_;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  const auto found =
      std::find_if(members.rbegin(), members.rend(), [&](const JsonMember& member) { return member.key == key; });
  return found == members.rend() ? nullptr : &found->value;
}

const JsonValue* JsonValue::at(std::string_view path) const {
  if (const JsonValue* whole = find(path)) {
    return whole;
  }
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const JsonValue* head = find(path.substr(0, dot));
    if (const JsonValue* rest = head == nullptr ? nullptr : head->at(path.substr(dot + 1))) {
      return rest;
    }
  }
  return nullptr;
}

bool parse_json(std::string_view text, JsonPlace place, std::span<const std::string_view> skipped, JsonValue& value,
                JsonProblem& problem) {
  Parser parser(text, place, skipped);
  if (parser.parse(value)) {
    return true;
  }
  problem = parser.problem();
  return false;
}

}  // namespace idlewatt
