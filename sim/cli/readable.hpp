// Quantities in the units in which people read them.
#pragma once

#include <string>

#include "base/quantity.hpp"

namespace idlewatt {

/// A unit and what one of it is in the dimension's own unit.
struct ReadableUnit {
  std::string name;  ///< empty where there is none
  double one = 1.0;
};

/// The unit in which a value reads best: GB for 85.9e9 bytes, TFLOPS, us, % for shares. Times take minutes and hours
/// only where these come out round.
ReadableUnit readable_unit(double value, Dimension dimension);

/// "85.9 GB", "312 TFLOPS", "70 us", "15 %", "8.03 billion": to `digits` significant digits.
std::string readable(double value, Dimension dimension, int digits = 4);

/// "a time", "a whole number": what a value of the dimension is.
std::string readable_kind(Dimension dimension);

}  // namespace idlewatt
