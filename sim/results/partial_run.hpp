// What is whole in the part of a run that was stopped: full chunks of bins and of requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace idlewatt {

/// Sums over the bins and the requests that stand in a result file, whether its run ended or not.
struct PartialRun {
  std::string title;
  std::string variant;
  std::uint64_t seed = 0;
  bool complete = false;
  std::int64_t bins = 0;
  double simulated_s = 0.0;  ///< end of the last bin, since the start of the run
  std::int64_t arrivals = 0;
  std::int64_t completions = 0;
  std::int64_t rejections = 0;
  std::int64_t timeouts = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  double accelerator_kwh = 0.0;
  std::optional<double> rack_kwh;    ///< of servers and switches, before PUE; none without racks
  std::int64_t requests = 0;         ///< rows of /requests
  std::optional<double> ttft_p50_s;  ///< of those rows that were served
  std::optional<double> ttft_p99_s;
};

/// Reads a file with or without a checksum. A file without one that is damaged can make the HDF5 library loop or crash:
/// callers read it in a process of its own. Throws InputError.
PartialRun read_partial_run(const std::string& path);

}  // namespace idlewatt
