// Quantities in the units in which people read them.
#pragma once

#include <string>

#include "base/quantity.hpp"

namespace idlewatt {

/// A unit with its size in the dimension's own unit.
struct ReadableUnit {
  std::string name;  ///< empty where there is none
  double one = 1.0;
};

/// The unit in which a value reads best: GB for 85.9e9 bytes, TFLOPS, us, % for shares. Times are in minutes or hours
/// only when these are round numbers.
ReadableUnit readable_unit(double value, Dimension dimension);

/// The value with its best unit: "85.9 GB", "312 TFLOPS", "70 us", "15 %", "8.03 billion", to `digits` significant
/// digits.
std::string readable(double value, Dimension dimension, int digits = 4);

/// The kind of a value of the dimension: "a time", "a whole number".
std::string readable_kind(Dimension dimension);

}  // namespace idlewatt
