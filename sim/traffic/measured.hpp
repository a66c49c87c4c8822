// Latencies that load tests measured, request by request.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

struct TraceFile;

/// Times that were measured of one request, in seconds; NaN where the file has none.
struct MeasuredTimes {
  double ttft_s = std::numeric_limits<double>::quiet_NaN();  ///< from its start to the first token
  double e2e_s = std::numeric_limits<double>::quiet_NaN();   ///< from its start to the last token
};

/// A request that was answered.
struct MeasuredRequest {
  Ticks arrival = 0;  ///< since the first request of the file
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
  MeasuredTimes times;
};

/// The answered requests of a load test's result, in order of arrival: the same requests, in the same order, as
/// open_trace_file() gives. Throws InputError where the file's format holds no latencies.
std::vector<MeasuredRequest> read_measured(const TraceFile& trace);

/// The formats that hold latencies.
std::vector<std::string> measured_format_names();

}  // namespace idlewatt
