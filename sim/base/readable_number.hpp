// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace idlewatt {

/// A whole number with commas between groups of three digits: 1234567 -> "1,234,567".
std::string grouped(std::int64_t value);

/// A number with at least `digits` significant digits and without an exponent: 0.01234, 1.234, 123.4, 12,345. "-"
/// for NaN.
std::string rounded(double value, int digits);

/// A number as rounded() writes it, without zeros at its end: 4, 1.5.
std::string compact(double value, int digits);

}  // namespace idlewatt
