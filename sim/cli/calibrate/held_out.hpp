// Errors of predictions on the requests that a fit has not seen.
#pragma once

#include <string>
#include <vector>

#include "cli/calibrate/observations.hpp"

namespace idlewatt {

/// The relative errors of single requests in one latency: medians of their absolute values.
struct LatencyErrors {
  std::string name;   ///< "ttft"
  std::string label;  ///< "TTFT"
  std::size_t requests = 0;
  double before = 0.0;  ///< with the catalogue's figures
  double after = 0.0;   ///< with the fitted figures
};

/// The errors on the held-out requests of all load tests. Latencies that no held-out request has are left out.
std::vector<LatencyErrors> held_out_errors(const std::vector<LoadTest>& tests, const std::vector<FittedRequests>& parts,
                                           const Prediction& before, const Prediction& after);

}  // namespace idlewatt
