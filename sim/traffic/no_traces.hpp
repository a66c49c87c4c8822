// Files that users pass as a trace although they hold no requests with arrivals and lengths.
#pragma once

#include <string>

#include "traffic/trace_head.hpp"

namespace idlewatt {

/// The kind of such a file and the file that would be a trace, for a message: "is ... (expected ...)". Empty for a
/// file of no known kind.
std::string why_no_trace(const TraceHead& head);

}  // namespace idlewatt
