// Opens what a scenario's traffic names: trace files and generated traffic, scaled, merged and numbered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "units/ticks.hpp"
#include "workload/generator.hpp"
#include "workload/trace_file.hpp"
#include "workload/trace_reader.hpp"

namespace idlewatt {

/// One source of queries: exactly one of `file` and `generated`.
struct TrafficSource {
  std::string name;  ///< for messages
  std::optional<TraceFile> file;
  std::optional<GeneratedTraffic> generated;
  double scale = 1.0;  ///< multiplies the rate
};

/// The queries of a trace file, the rate multiplied by `scale` (workload/scale.hpp says how; 1 changes nothing). Random
/// numbers come from the streams "<name>/..." of `seed`. Throws InputError when the file cannot be opened or the scale
/// is not above 0; reading may throw InputError too.
std::unique_ptr<TraceReader> open_trace(const TraceFile& trace, double scale, std::uint64_t seed,
                                        const std::string& name);

/// The arrival of the last query, found by reading the whole file. Throws InputError.
Ticks trace_duration(const TraceFile& trace);

/// All sources merged in order of arrival: Query.id counts from 0, Query.stream is the index into `sources`. Random
/// streams are named after the file (without its folder, so that a run repeats elsewhere) or the generated traffic;
/// when a name comes again, it is told apart by a number, so that equal sources are independent. Throws InputError.
std::unique_ptr<TraceReader> open_traffic(const std::vector<TrafficSource>& sources, std::uint64_t seed);

}  // namespace idlewatt
