#include "traffic/csv_fields.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/core.h>

namespace idlewatt {
namespace {

constexpr std::int64_t kLongestS = 90'000'000;  // 2.85 years: below what ticks hold
constexpr std::size_t kShown = 40;
constexpr std::size_t kMostDigits = 40;
constexpr int kMostPower = 40;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// How many bytes the character has that the text begins with; 0 when it is not printable, or no UTF-8.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80U) {
    return first < 0x20U || first == 0x7fU || first == '`' ? 0 : 1;
  }
  const std::size_t bytes = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U || text.size() < bytes) {
    return 0;
  }
  const bool whole = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(bytes),
                                 [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
  return whole ? bytes : 0;
}

bool parse_plain_time(std::string_view text, Ticks ticks_per_unit, Ticks& time) {
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

}  // namespace

std::string quoted(std::string_view text) {
  std::string shown = "`";
  std::size_t at = 0;
  while (at < text.size() && at < kShown) {
    const std::size_t bytes = character_bytes(text.substr(at));
    shown += bytes == 0 ? "?" : text.substr(at, bytes);
    at += std::max<std::size_t>(bytes, 1);
  }
  return shown + (text.size() > at ? "...`" : "`");
}

std::string cut_off(const LineReader& lines) {
  return lines.unterminated() ? "; the file may be cut off here" : "";
}

bool write_out(std::string_view text, std::string& plain) {
  const std::size_t e = text.find_first_of("eE");
  if (e == std::string_view::npos || e == 0 || e > kMostDigits) {
    return false;
  }
  std::string_view power = text.substr(e + 1);
  power.remove_prefix(power.starts_with('+') ? 1 : 0);
  int shift = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), shift);
  if (error != std::errc{} || end != power.data() + power.size() || shift < -kMostPower || shift > kMostPower) {
    return false;
  }
  const std::string_view number = text.substr(0, e);
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string digits(number.substr(0, point));
  digits += point < number.size() ? number.substr(point + 1) : std::string_view{};
  if (!std::all_of(digits.begin(), digits.end(), is_digit) || point == 0 || point + 1 == number.size()) {
    return false;
  }
  const int place = static_cast<int>(point) + shift;
  if (place <= 0) {
    digits.insert(0, static_cast<std::size_t>(1 - place), '0');
  } else if (static_cast<std::size_t>(place) > digits.size()) {
    digits.append(static_cast<std::size_t>(place) - digits.size(), '0');
  }
  const std::size_t whole = place <= 0 ? 1 : static_cast<std::size_t>(place);
  plain = digits.substr(0, whole) + (whole < digits.size() ? "." + digits.substr(whole) : "");
  return true;
}

bool parse_time(std::string_view text, Ticks ticks_per_unit, Ticks& time) {
  if (parse_plain_time(text, ticks_per_unit, time)) {
    return true;
  }
  std::string plain;
  return write_out(text, plain) && parse_plain_time(plain, ticks_per_unit, time);
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

char separator_of(std::string_view header) {
  char most = ',';
  for (const char separator : {';', '\t'}) {
    most = std::count(header.begin(), header.end(), separator) > std::count(header.begin(), header.end(), most)
               ? separator
               : most;
  }
  return most;
}

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
    } else if (at + 1 == text_.size() || text_[at + 1] == separator_) {
      next_ = at + 2;
      return unquoted_;
    } else {
      lines_.fail(at + 2, fmt::format("unexpected {} behind a quoted field", quoted(text_.substr(at + 1))),
                  separator_ == ',' ? "a comma" : "the file's separator");
    }
  }
  lines_.fail(column(),
              fmt::format("the quotes around {} are not closed{}", quoted(text_.substr(start_ + 1)), cut_off(lines_)),
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
  lines_.fail(next_, fmt::format("unexpected {} after {}", quoted(text_.substr(next_ - 1)), last_column),
              "the end of the line");
}

}  // namespace idlewatt
