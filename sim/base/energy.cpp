#include "base/energy.hpp"

#include <cmath>
#include <fmt/core.h>
#include <string>

#include "base/error.hpp"
#include "base/rounding.hpp"

namespace idlewatt {

Power Power::from_w(double watts) {
  if (!(std::abs(watts) < 1e12)) {
    throw Error(fmt::format("a power of {:f} W cannot be simulated", watts));
  }
  return {std::llround(watts * 1e4)};
}

Energy Energy::from_j(double joules) {
  // llround keeps 53 bits; beyond 9 kJ the double itself no longer resolves a femtojoule.
  if (std::abs(joules) < 9000.0) {
    return {nearest(joules * 1e15)};
  }
  if (!(std::abs(joules) < 1e20)) {
    throw Error(fmt::format("an energy of {:f} J cannot be simulated", joules));
  }
  return {static_cast<int128_t>(joules * 1e15)};
}

Energy share(Energy energy, Ticks part, Ticks whole) {
  // energy = q * whole + r, so q * part + r * part / whole never overflows 128 bits (r, part, whole are 63 bits).
  const int128_t times = quotient(energy.fj, whole);
  const auto remainder = static_cast<std::int64_t>(energy.fj - times * whole);
  return {times * part + quotient(static_cast<int128_t>(remainder) * part, whole)};
}

}  // namespace idlewatt
