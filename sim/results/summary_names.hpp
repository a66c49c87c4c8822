// What measures of the summary and their kinds are called in files.
#pragma once

#include <string>

#include "ledger/summary.hpp"

namespace idlewatt {

/// "lower", "higher" or "neither".
std::string better_name(Measure::Better better);

/// "count", "total", "rate" or "share".
std::string form_name(Measure::Form form);

/// "requests", "energy", "money", "latency" or "fleet".
std::string group_name(Measure::Group group);

}  // namespace idlewatt
