// The most traffic that a fleet takes.
#pragma once

#include <functional>
#include <optional>

namespace idlewatt {

/// Multiples of a scenario's traffic, next to each other.
struct ScaleLimit {
  double meets = 0.0;                 ///< the highest that met the SLO
  std::optional<double> misses = {};  ///< the lowest that missed it; nothing where none did
};

/// Finds the limit to one part in a hundred: twice or half as much until the answer turns, then bisection. Latency rises
/// with traffic. `meets` says whether a multiple meets the SLO. Nothing where a thousandth of the traffic misses it; no
/// more than a thousandfold is tried.
std::optional<ScaleLimit> highest_scale(const std::function<bool(double)>& meets);

}  // namespace idlewatt
