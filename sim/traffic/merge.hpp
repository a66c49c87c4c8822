// Merges streams of requests into the one that the simulation sees.
#pragma once

#include <memory>
#include <vector>

#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// The requests of all `streams` in order of arrival. Of equal arrivals, the lower stream goes first. Sets Request.id
/// (from 0, in the merged order) and Request.stream (the index into `streams`).
std::unique_ptr<TraceReader> merge(std::vector<std::unique_ptr<TraceReader>> streams);

}  // namespace idlewatt
