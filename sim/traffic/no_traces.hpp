// Files that people have in the place of a trace and that hold no requests with arrivals and lengths.
#pragma once

#include <string>

#include "traffic/trace_head.hpp"

namespace idlewatt {

/// What such a file is, and what would be a trace: "is ... (expected ...)". Empty for a file of no known kind.
std::string why_no_trace(const TraceHead& head);

}  // namespace idlewatt
