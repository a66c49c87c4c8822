#include "base/readable_number.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>

namespace idlewatt {

namespace {

std::string fixed(double value, int decimals) {
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string rounded(double value, int digits) {
  if (std::isnan(value)) {
    return "-";
  }
  if (std::isinf(value)) {
    return value > 0 ? "inf" : "-inf";
  }
  if (value == 0.0) {
    return "0";
  }
  // The exponent after rounding: 9.9996 is 10.00 with four digits.
  const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  constexpr double largest_grouped = 1e18;
  if (exponent >= digits - 1) {
    return std::abs(value) < largest_grouped ? grouped(std::llround(value)) : fixed(value, 0);
  }
  constexpr int most_decimals = 12;
  return fixed(value, std::min(digits - 1 - exponent, most_decimals));
}

std::string compact(double value, int digits) {
  std::string text = rounded(value, digits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    text.erase(text.find_last_not_of('.') + 1);
  }
  return text;
}

}  // namespace idlewatt
