// Opens what a scenario's traffic names: trace files and generated traffic, scaled, merged and numbered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ticks.hpp"
#include "traffic/generator.hpp"
#include "traffic/request_labels.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/trace_reader.hpp"
#include "traffic/transforms.hpp"

namespace idlewatt {

/// One source of requests: exactly one of `file` and `generated`.
struct TrafficSource {
  std::string name;  ///< for messages
  std::optional<TraceFile> file = {};
  std::optional<GeneratedTraffic> generated = {};
  double scale = 1.0;  ///< multiplies the rate
  Transforms transforms = {};
  RequestLabels marks = {};
};

/// One source, transformed; its scale is part of that. Of generated traffic a scale by superposition multiplies the
/// rate that is generated, before all other transforms. Random numbers come from the streams "<name>/..." of `seed`.
/// Throws InputError when the file cannot be opened or a figure makes no sense; reading may throw InputError too.
std::unique_ptr<TraceReader> open_source(const TrafficSource& source, std::uint64_t seed, const std::string& name);

/// Where a source ends after its transforms (transforms.hpp: transformed_end): the arrival of a trace's last request,
/// found by reading the whole file; the end of generated traffic. Throws InputError.
Ticks source_end(const TrafficSource& source);

/// All sources merged in order of arrival: Request.id counts from 0, Request.stream is the index into `sources`. Random
/// streams are named after the file (without its folder, so that a run repeats elsewhere) or the generated traffic;
/// when a name comes again, it is told apart by a number, so that equal sources are independent. Requests bear the
/// source's marks, and generated ones the semantics of their description unless the marks have their own. Throws
/// InputError.
std::unique_ptr<TraceReader> open_traffic(const std::vector<TrafficSource>& sources, std::uint64_t seed);

}  // namespace idlewatt
