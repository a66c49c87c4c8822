// Opens the traffic that a scenario names: trace files and generated traffic, scaled, merged and numbered.
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

/// One source of requests. Exactly one of `file` and `generated` is set.
struct TrafficSource {
  std::string name;  ///< name for messages
  std::optional<TraceFile> file = {};
  std::optional<GeneratedTraffic> generated = {};
  double scale = 1.0;  ///< factor of the rate
  Transforms transforms = {};
  RequestLabels marks = {};
};

/// Opens one source and applies its scale and its transforms. For generated traffic, a scale by superposition
/// multiplies the rate that is generated, before all other transforms. Random numbers come from the streams
/// "<name>/..." of `seed`. Throws InputError when the file cannot be opened or a figure makes no sense; reading may
/// throw InputError too.
std::unique_ptr<TraceReader> open_source(const TrafficSource& source, std::uint64_t seed, const std::string& name);

/// The end of a source after its transforms (transformed_end() in transforms.hpp). For a trace it is the arrival of the
/// last request, found by reading the whole file; for generated traffic, the end of its duration. Throws InputError.
Ticks source_end(const TrafficSource& source);

/// Opens all sources and merges them in order of arrival. Request.id counts from 0; Request.stream is the index
/// into `sources`. Random streams are named after the generated traffic or the file (without its folder, so that a run
/// repeats elsewhere). A name that comes again gets a number, so that equal sources are independent. Requests bear the
/// source's marks. Generated requests have the semantics of their description unless the marks have their own. Throws
/// InputError.
std::unique_ptr<TraceReader> open_traffic(const std::vector<TrafficSource>& sources, std::uint64_t seed);

}  // namespace idlewatt
