// The fields of a line of CSV and the numbers in them, for all text formats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "traffic/line_reader.hpp"

namespace idlewatt {

/// A piece of the user's text as messages show it: shortened, printable, in backquotes.
std::string quoted(std::string_view text);

/// The hint "; the file may be cut off here" when the last line given has no line end; otherwise empty.
std::string cut_off(const LineReader& lines);

/// Reads a decimal number in units of `ticks_per_unit` (a power of ten) as ticks, exact to the tick and rounded
/// beyond it. The number may have an exponent (`1e-05`). Returns false when `text` is no number, is below 0 or is above
/// 2.8 years.
bool parse_time(std::string_view text, Ticks ticks_per_unit, Ticks& time);

/// Writes a number with an exponent without it: `1.25e-05` becomes `0.0000125`. Returns false when `text` is no
/// number with an exponent, or has more digits than a time can use.
bool write_out(std::string_view text, std::string& plain);

/// Reads a whole number within the range of `Number`. Returns false for any other text.
template <class Number>
bool parse_number(std::string_view text, Number& number);

/// The separator of a header: the one of comma, semicolon and tab that it has most often.
char separator_of(std::string_view header);

/// Reads the fields of one line from left to right. A field may stand in double quotes; two quotes in it mean one.
class CsvFields {
 public:
  /// Makes a reader for `text`, the last line that `lines` gave. Both must stay valid.
  CsvFields(const LineReader& lines, std::string_view text, char separator = ',')
      : lines_(lines), text_(text), separator_(separator) {}

  /// True when another field follows.
  bool more() const { return next_ <= text_.size(); }

  /// The next field without its quotes, valid until the next call. Throws InputError when quotes are not closed.
  std::string_view next() {
    start_ = next_;
    if (start_ < text_.size() && text_[start_] == '"') {
      return next_quoted();
    }
    const std::size_t separator = text_.find(separator_, start_);
    const std::size_t stop = separator == std::string_view::npos ? text_.size() : separator;
    next_ = stop + 1;
    return text_.substr(start_, stop - start_);
  }

  /// The next field. Throws InputError when there is none; the message names `column`.
  std::string_view need(std::string_view column, std::string_view expectation) {
    if (!more()) {
      fail_missing(column, expectation);
    }
    return next();
  }

  /// The next field as a whole number of tokens, at least 0. Throws InputError for any other text.
  std::int32_t need_tokens(std::string_view column);

  /// Checks that the line ends behind the last field. Throws InputError otherwise.
  void need_end(std::string_view last_column) const {
    if (more()) {
      fail_rest(last_column);
    }
  }

  /// The column of the line at which the last field begins, from 1.
  std::size_t column() const { return start_ + 1; }

  /// Throws InputError "<column> is `<field>`" at the place of the last field.
  [[noreturn]] void fail_field(std::string_view column, std::string_view field, std::string_view expectation) const;

 private:
  std::string_view next_quoted();
  [[noreturn]] void fail_missing(std::string_view column, std::string_view expectation) const;
  [[noreturn]] void fail_rest(std::string_view last_column) const;

  const LineReader& lines_;
  std::string_view text_;
  char separator_;
  std::size_t start_ = 0;  // of the last field
  std::size_t next_ = 0;   // where the next one starts; beyond the end when there is none
  std::string unquoted_;
};

}  // namespace idlewatt
