// Merges streams of queries into the one that the simulation sees.
#pragma once

#include <memory>
#include <vector>

#include "workload/trace_reader.hpp"

namespace idlewatt {

/// The queries of all `streams` in order of arrival; of equal arrivals, the lower stream goes first. Sets Query.id
/// (from 0, in the merged order) and Query.stream (the index into `streams`).
std::unique_ptr<TraceReader> merge(std::vector<std::unique_ptr<TraceReader>> streams);

}  // namespace idlewatt
