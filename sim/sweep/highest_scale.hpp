// The largest traffic that a fleet can serve within its SLO.
#pragma once

#include <functional>
#include <optional>

namespace idlewatt {

/// Two neighbouring multiples of a scenario's traffic.
struct ScaleLimit {
  double meets = 0.0;                 ///< highest multiple that met the SLO
  std::optional<double> misses = {};  ///< lowest multiple that missed it; empty when none did
};

/// Finds the limit to one part in a hundred: doubles or halves the traffic until the answer changes, then bisects.
/// Assumes that latency rises with traffic. `meets` tells whether a multiple meets the SLO. Returns nothing when a
/// thousandth of the traffic misses it. Multiples above a thousand are not tried.
std::optional<ScaleLimit> highest_scale(const std::function<bool(double)>& meets);

}  // namespace idlewatt
