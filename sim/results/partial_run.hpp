// The intact data of a stopped run's part: full chunks of bins and of requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace idlewatt {

/// Sums over the bins and the requests in a result file, whether its run ended or not.
struct PartialRun {
  std::string title;
  std::string variant;
  std::uint64_t seed = 0;
  bool complete = false;
  std::int64_t bins = 0;
  double simulated_s = 0.0;  ///< end of the last bin, seconds since the start of the run
  std::int64_t arrivals = 0;
  std::int64_t completions = 0;
  std::int64_t rejections = 0;
  std::int64_t timeouts = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
  double accelerator_kwh = 0.0;
  std::optional<double> rack_kwh;    ///< energy of servers and switches, before PUE; empty without racks
  std::int64_t requests = 0;         ///< number of rows of /requests
  std::optional<double> ttft_p50_s;  ///< median TTFT of served requests among those rows
  std::optional<double> ttft_p99_s;
};

/// Reads a file with or without a checksum. A damaged file without a checksum can make the HDF5 library loop or crash,
/// so callers must read it in a process of its own. Throws InputError.
PartialRun read_partial_run(const std::string& path);

}  // namespace idlewatt
