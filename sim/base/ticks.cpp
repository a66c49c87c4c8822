#include "base/ticks.hpp"

#include <cmath>
#include <string>

#include "base/error.hpp"

namespace idlewatt {

Ticks to_ticks(double seconds) {
  const double ticks = seconds * static_cast<double>(kTicksPerSecond);
  if (!(std::abs(ticks) < 9.2e18)) {
    throw Error("a time of " + std::to_string(seconds) + " s does not fit into simulated time (2.9 years)");
  }
  return std::llround(ticks);
}

void throw_overflow() {
  throw Error("simulated time overflows (2.9 years)");
}

}  // namespace idlewatt
