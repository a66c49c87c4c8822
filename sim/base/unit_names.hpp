// The units that quantities of a dimension may be written in.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.hpp"

namespace idlewatt {

/// True when a number of the dimension must have a unit.
bool unit_due(Dimension dimension);

/// A unit in which quantities of a dimension may be written, with its factor to the dimension's own unit.
struct UnitName {
  std::string name;
  double multiply = 1.0;  ///< value in the dimension's unit = number * multiply / divide
  double divide = 1.0;
  bool preferred = true;      ///< false for another spelling of a unit earlier in the list
  std::string currency = {};  ///< currency of a unit of money, "EUR"; empty for other units, and for cents without a
                              ///< currency
};

/// All units of a dimension, other spellings included.
const std::vector<UnitName>& units_of(Dimension dimension);

/// The name of a dimension in lists: "time", "price of energy"...
std::string dimension_name(Dimension dimension);

/// Every dimension, in the order of the enumeration.
std::vector<Dimension> all_dimensions();

}  // namespace idlewatt
