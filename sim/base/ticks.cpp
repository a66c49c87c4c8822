#include "base/ticks.hpp"

#include <cmath>
#include <fmt/core.h>
#include <string>

#include "base/error.hpp"

namespace idlewatt {

Ticks to_ticks(double seconds) {
  const double ticks = seconds * static_cast<double>(kTicksPerSecond);
  if (!(std::abs(ticks) < 9.2e18)) {
    throw Error(fmt::format("a time of {:f} s does not fit into simulated time (2.9 years)", seconds));
  }
  return std::llround(ticks);
}

void throw_overflow() {
  throw Error("simulated time overflows (2.9 years)");
}

}  // namespace idlewatt
