// Arithmetic in claims. Only this file's source uses the library that parses expressions.
#pragma once

#include <map>
#include <string>

#include "scenario/claim/claim_file.hpp"

namespace idlewatt {

/// Numbers by their names in expressions: "run.a100_static.wh_per_request".
using NamedValues = std::map<std::string, double, std::less<>>;

/// The value of `expression`: numbers, names, + - * / ^, comparisons, &&, || and !, `a ? b : c`, and functions such as
/// min, max, abs, sqrt, ln. True is 1, false is 0. Throws PlacedError, at the column of the mistake when the expression
/// stands on one line.
double evaluate(const ClaimText& expression, const NamedValues& values);

/// True when `name` has a meaning in every expression: a function or a constant.
bool is_taken_in_expressions(const std::string& name);

/// The place of the character number `offset` of a text.
Place place_in(const ClaimText& text, std::size_t offset);

/// Throws PlacedError "unknown quantity `word`" with the name that was probably meant.
[[noreturn]] void fail_unknown_quantity(const Place& place, const std::string& word, const NamedValues& values);

}  // namespace idlewatt
