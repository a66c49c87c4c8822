#include "traffic/csv_fields.hpp"

#include <charconv>

namespace idlewatt {
namespace {

constexpr std::int64_t kLongestS = 90'000'000;  // 2.85 years: below what ticks hold
constexpr std::size_t kShown = 40;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string shown = "`";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20U || byte == 0x7fU ? '?' : c;
  }
  return shown + (text.size() > kShown ? "...`" : "`");
}

std::string cut_off(const LineReader& lines) {
  return lines.unterminated() ? "; the file may be cut off here" : "";
}

bool parse_time(std::string_view text, Ticks ticks_per_unit, Ticks& time) {
  std::int64_t whole = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc{} || !is_digit(text.front()) || whole > kLongestS * (kTicksPerSecond / ticks_per_unit)) {
    return false;
  }
  time = whole * ticks_per_unit;
  if (at == end) {
    return true;
  }
  if (*at != '.' || ++at == end) {
    return false;
  }
  for (Ticks place = ticks_per_unit / 10; at != end && place > 0; ++at, place /= 10) {
    if (!is_digit(*at)) {
      return false;
    }
    time += (*at - '0') * place;
  }
  if (at != end && *at >= '5' && *at <= '9') {
    ++time;
  }
  while (at != end && is_digit(*at)) {
    ++at;
  }
  return at == end;
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}
template bool parse_number(std::string_view, std::int16_t&);
template bool parse_number(std::string_view, std::int32_t&);
template bool parse_number(std::string_view, std::uint64_t&);
template bool parse_number(std::string_view, float&);

std::int32_t CsvFields::need_tokens(std::string_view column) {
  constexpr std::string_view expectation = "a whole number of tokens";
  const std::string_view field = need(column, expectation);
  std::int32_t tokens = 0;
  if (!parse_number(field, tokens) || tokens < 0) {
    fail_field(column, field, expectation);
  }
  return tokens;
}

std::string_view CsvFields::next_quoted() {
  unquoted_.clear();
  for (std::size_t at = start_ + 1; at < text_.size(); ++at) {
    if (text_[at] != '"') {
      unquoted_ += text_[at];
    } else if (at + 1 < text_.size() && text_[at + 1] == '"') {
      unquoted_ += text_[at++];
    } else if (at + 1 == text_.size() || text_[at + 1] == ',') {
      next_ = at + 2;
      return unquoted_;
    } else {
      lines_.fail(at + 2, "unexpected " + quoted(text_.substr(at + 1)) + " behind a quoted field", "a comma");
    }
  }
  lines_.fail(column(), "the quotes around " + quoted(text_.substr(start_ + 1)) + " are not closed" + cut_off(lines_),
              "a quoted field on one line");
}

void CsvFields::fail_field(std::string_view column, std::string_view field, std::string_view expectation) const {
  const bool last = !more();
  lines_.fail(
      this->column(),
      std::string(column) + (field.empty() ? " is missing" : " is " + quoted(field)) + (last ? cut_off(lines_) : ""),
      std::string(expectation));
}

void CsvFields::fail_missing(std::string_view column, std::string_view expectation) const {
  lines_.fail(text_.size() + 1, std::string(column) + " is missing" + cut_off(lines_), std::string(expectation));
}

void CsvFields::fail_rest(std::string_view last_column) const {
  lines_.fail(next_, "unexpected " + quoted(text_.substr(next_ - 1)) + " after " + std::string(last_column),
              "the end of the line");
}

}  // namespace idlewatt
