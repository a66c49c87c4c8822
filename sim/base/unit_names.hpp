// The units that quantities of a dimension may be written in.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.hpp"

namespace idlewatt {

/// Whether a number of the dimension must have a unit.
bool unit_due(Dimension dimension);

/// A unit of a dimension, and what one of it is in the dimension's own unit.
struct UnitName {
  std::string name;
  double multiply = 1.0;  ///< value in the dimension's unit = number * multiply / divide
  double divide = 1.0;
  bool preferred = true;      ///< not another spelling of one before it
  std::string currency = {};  ///< of money; empty for cents of whatever currency
};

/// All units of a dimension, preferred ones and their other spellings.
const std::vector<UnitName>& units_of(Dimension dimension);

/// What a dimension is called in lists: "time", "price of energy"...
std::string dimension_name(Dimension dimension);

/// Every dimension, in the order of the enumeration.
std::vector<Dimension> all_dimensions();

}  // namespace idlewatt
