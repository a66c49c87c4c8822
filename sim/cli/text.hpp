// Small things that texts for people need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/readable_number.hpp"
#include "base/slug.hpp"

namespace idlewatt {

/// "did you mean `run`?" where a candidate resembles `word`, "expected run, check or help" where none does.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// One slug for each name, told apart with "-2", "-3"... where two are equal, and never one of `reserved`.
std::vector<std::string> unique_slugs(const std::vector<std::string>& names, const std::vector<std::string>& reserved);

/// "24 h", "1 h 30 min", "12.5 s", "3 d 4 h": the two largest units.
std::string duration(double seconds);

/// Columns that a terminal needs for UTF-8 text (every code point counts as one).
std::size_t display_width(std::string_view text);

/// The text with spaces behind it, or before it, up to `width` columns.
std::string left_aligned(const std::string& text, std::size_t width);
std::string right_aligned(const std::string& text, std::size_t width);

/// Lines of at most `width` columns, broken between words; a word that is longer has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// The same as one text: every line behind `indent` spaces, and ended.
std::string paragraph(const std::string& text, std::size_t width, std::size_t indent = 0);

/// A value of a measure with its unit, in four digits: "1.874 s", "313.4 ms", "99.20 %", "57.95 USD".
std::string amount(double value, const std::string& unit);

/// "1 variant", "3 variants".
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural);

/// "a, b and c".
std::string listed(const std::vector<std::string>& items, std::string_view last_separator = " and ");

/// The message on one line, and no piece of it in backquotes longer than 120 characters: an input that is taken for
/// something else may be quoted whole.
std::string shorter_quotes(std::string_view message);

}  // namespace idlewatt
