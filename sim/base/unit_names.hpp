// The units that quantities of a dimension may be written in.
#pragma once

#include <string>
#include <vector>

#include "base/quantity.hpp"

namespace idlewatt {

/// "s", "ms", "min"... Empty where no unit is due.
std::vector<std::string> unit_names(Dimension dimension);

}  // namespace idlewatt
