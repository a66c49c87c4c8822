// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace idlewatt {

/// 1234567 -> "1,234,567".
std::string grouped(std::int64_t value);

/// At least `digits` significant digits, never an exponent: 0.01234, 1.234, 123.4, 12,345. "-" for NaN.
std::string rounded(double value, int digits);

/// The same without zeros at its end: 4, 1.5.
std::string compact(double value, int digits);

}  // namespace idlewatt
