// Small functions for texts that people read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/readable_number.hpp"
#include "base/slug.hpp"

namespace idlewatt {

/// The end of a message about an unknown word: "did you mean `run`?" when a candidate resembles `word`, otherwise
/// "expected run, check or help".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// One slug for each name. Equal slugs are told apart by "-2", "-3"...; none is one of `reserved`.
std::vector<std::string> unique_slugs(const std::vector<std::string>& names, const std::vector<std::string>& reserved);

/// A duration in its two largest units: "24 h", "1 h 30 min", "12.5 s", "3 d 4 h".
std::string duration(double seconds);

/// The number of terminal columns of UTF-8 text (every code point counts as one column).
std::size_t display_width(std::string_view text);

/// The text with spaces after it, or before it, up to `width` columns.
std::string left_aligned(const std::string& text, std::size_t width);
std::string right_aligned(const std::string& text, std::size_t width);

/// Lines of at most `width` columns, broken between words. A longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// The lines of wrapped() as one text: each line after `indent` spaces, each with a line feed.
std::string paragraph(const std::string& text, std::size_t width, std::size_t indent = 0);

/// The value of a measure with its unit, in four digits: "1.874 s", "313.4 ms", "99.20 %", "57.95 USD".
std::string amount(double value, const std::string& unit);

/// A count with its noun: "1 variant", "3 variants".
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural);

/// The items as a list: "a, b and c".
std::string listed(const std::vector<std::string>& items, std::string_view last_separator = " and ");

/// The message on one line. Pieces in backquotes are shortened to 120 characters, since a wrong input may be quoted
/// whole.
std::string shorter_quotes(std::string_view message);

}  // namespace idlewatt
