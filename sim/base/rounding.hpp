// Rounding of doubles to whole numbers.
#pragma once

#include <cmath>
#include <cstdint>

namespace idlewatt {

/// The nearest whole number, halves away from zero: std::llround(), in the few instructions that ordinary numbers need.
/// The physics of a step rounds five numbers.
inline std::int64_t nearest(double value) {
  if (!(std::abs(value) < 9e18)) {
    return std::llround(value);
  }
  const auto whole = static_cast<std::int64_t>(value);
  const double rest = value - static_cast<double>(whole);  // exact: beyond 2^53 a double is whole
  return whole + (rest >= 0.5 ? 1 : 0) - (rest <= -0.5 ? 1 : 0);
}

}  // namespace idlewatt
