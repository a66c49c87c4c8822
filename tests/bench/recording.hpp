// How long it takes to write a result file, and how large it is.
#pragma once

#include <cstdint>
#include <string>

#include "scenario/scenario.hpp"

namespace idlewatt {

struct Recording {
  double wall_s = 0.0;  ///< from opening the file to its last byte on the disk
  double cpu_s = 0.0;
  double megabytes = 0.0;
};

/// Simulates `scenario` from its start to its horizon, keeping its bins, then writes them to a file in `folder` over
/// and over until it has `bins` of them. As long as the horizon has more bins than a chunk of the file (at most 4096)
/// has rows, the repetition does not make the file smaller: chunks are compressed one by one.
Recording measure_recording(const std::string& folder, const Scenario& scenario, std::int64_t bins);

}  // namespace idlewatt
