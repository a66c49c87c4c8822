// `idlewatt catalog units`: the units that quantities may be written in.
#pragma once

#include <string>

#include "cli/run/summary_table.hpp"

namespace idlewatt {

/// A line or more for each kind of quantity: an example, its units, and their other spellings.
std::string units_text(const TextStyle& style);

/// The units as JSON, each with its size in the kind's own unit: {"time": {"example": "50 ms", "units": {"s": 1, ...}},
/// ...}.
std::string units_json();

}  // namespace idlewatt
