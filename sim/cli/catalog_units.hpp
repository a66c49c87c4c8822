// `idlewatt catalog units`: the units that quantities may be written in.
#pragma once

#include <string>

#include "cli/summary_table.hpp"

namespace idlewatt {

/// A line or more for each kind of quantity: an example, its units, and their other spellings.
std::string units_text(const TextStyle& style);

/// {"time": {"example": "50 ms", "units": {"s": 1, ...}}, ...}: what one of each unit is in the kind's own unit.
std::string units_json();

}  // namespace idlewatt
