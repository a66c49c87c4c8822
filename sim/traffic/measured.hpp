// Latencies that load tests measured, request by request.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

struct TraceFile;

/// The measured times of one request, in seconds; NaN where the file has none.
struct MeasuredTimes {
  double ttft_s = std::numeric_limits<double>::quiet_NaN();  ///< seconds from the request's start to its first token
  double e2e_s = std::numeric_limits<double>::quiet_NaN();   ///< seconds from the request's start to its last token
};

/// A request that was answered in a load test.
struct MeasuredRequest {
  Ticks arrival = 0;  ///< ticks since the first request of the file
  std::int32_t prompt_tokens = 0;
  std::int32_t output_tokens = 0;
  MeasuredTimes times;
};

/// The answered requests of a load test's result, in order of arrival: the requests that open_trace_file() gives, in
/// the same order. Throws InputError when the file's format holds no latencies.
std::vector<MeasuredRequest> read_measured(const TraceFile& trace);

/// The day of a load test, "2026-08-15" in UTC: by the `date` that its result states (vLLM), or by its first request
/// where requests have times since 1970. Nothing where the file does not tell. Throws InputError as read_measured() does.
std::optional<std::string> measured_day(const TraceFile& trace);

/// The names of the formats that hold latencies.
std::vector<std::string> measured_format_names();

}  // namespace idlewatt
