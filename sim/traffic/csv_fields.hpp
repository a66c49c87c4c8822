// The fields of a line of CSV, and numbers in them: what the text formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "traffic/line_reader.hpp"

namespace idlewatt {

/// What a message shows of the user's text: short, printable, in backquotes.
std::string quoted(std::string_view text);

/// "; the file may be cut off here" where the last line given has no line end; else nothing.
std::string cut_off(const LineReader& lines);

/// A decimal number of units of `ticks_per_unit` (a power of ten) as ticks, exact to the tick, rounded beyond it; an
/// exponent may stand behind it (`1e-05`). False when `text` is none, is below 0 or above 2.8 years.
bool parse_time(std::string_view text, Ticks ticks_per_unit, Ticks& time);

/// `1.25e-05` as `0.0000125`; false when it is no number with an exponent, or has more digits than a time can use.
bool write_out(std::string_view text, std::string& plain);

/// A whole number of `Number`'s range, and nothing else.
template <class Number>
bool parse_number(std::string_view text, Number& number);

/// Goes through one line's fields from left to right. A field may stand in double quotes, two of them in it mean one.
class CsvFields {
 public:
  /// `lines` gave the line `text`; both must stay valid.
  CsvFields(const LineReader& lines, std::string_view text) : lines_(lines), text_(text) {}

  /// Another field follows.
  bool more() const { return next_ <= text_.size(); }

  /// The next field, without quotes; valid until the one after it. Throws InputError when quotes are not closed.
  std::string_view next() {
    start_ = next_;
    if (start_ < text_.size() && text_[start_] == '"') {
      return next_quoted();
    }
    const std::size_t comma = text_.find(',', start_);
    const std::size_t stop = comma == std::string_view::npos ? text_.size() : comma;
    next_ = stop + 1;
    return text_.substr(start_, stop - start_);
  }

  /// The next field, which must be there: `column` names it.
  std::string_view need(std::string_view column, std::string_view expectation) {
    if (!more()) {
      fail_missing(column, expectation);
    }
    return next();
  }

  /// Whole tokens, 0 and more.
  std::int32_t need_tokens(std::string_view column);

  /// Throws unless the line ends behind the last field.
  void need_end(std::string_view last_column) const {
    if (more()) {
      fail_rest(last_column);
    }
  }

  /// Where the last field begins, from 1.
  std::size_t column() const { return start_ + 1; }

  /// Throws "<column> is `<field>`" for the last field.
  [[noreturn]] void fail_field(std::string_view column, std::string_view field, std::string_view expectation) const;

 private:
  std::string_view next_quoted();
  [[noreturn]] void fail_missing(std::string_view column, std::string_view expectation) const;
  [[noreturn]] void fail_rest(std::string_view last_column) const;

  const LineReader& lines_;
  std::string_view text_;
  std::size_t start_ = 0;  // of the last field
  std::size_t next_ = 0;   // where the next one starts; beyond the end when there is none
  std::string unquoted_;
};

}  // namespace idlewatt
