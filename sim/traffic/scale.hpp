// Scales the rate of a recorded trace by superposing or thinning its requests.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Each request of `trace` appears floor(scale) times, and once more with probability scale - floor(scale) (random
/// stream "<name>/scale" of `seed`). The first copy keeps its arrival. Each further copy is delayed by an independent
/// uniform 0 to 60 s (random stream "<name>/scale-delay"), so that copies do not arrive as artificial batches;
/// burstiness over minutes and longer stays. Hence the rate takes the first minute to reach `scale` times the trace's,
/// and the last copies may arrive up to a minute after the trace's last request. Requests that wait for others, and
/// requests that others wait for, are kept or left out by whole sessions; all of them in one copy have the same delay.
/// Scale 1 changes nothing. Memory: the copies of one minute. Throws InputError unless 0 < scale <= 1e6.
std::unique_ptr<TraceReader> scale_rate(std::unique_ptr<TraceReader> trace, double scale, std::uint64_t seed,
                                        const std::string& name);

}  // namespace idlewatt
