// Energy and power as integers: sums are exact in any order, so conservation of energy can be tested as an equality.
#pragma once

#include <compare>
#include <cstdint>

#include "base/int128.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// Power in tenths of a milliwatt: 0.1 mW over one tick (10 ps) is one femtojoule, the unit of Energy.
struct Power {
  std::int64_t tenth_mw = 0;

  static Power from_w(double watts);
  constexpr double w() const { return static_cast<double>(tenth_mw) * 1e-4; }
  constexpr auto operator<=>(const Power&) const = default;
  constexpr Power operator+(Power other) const { return {tenth_mw + other.tenth_mw}; }
};

/// Energy in femtojoules. 128 bits hold 1e23 J, so sums do not overflow.
struct Energy {
  int128_t fj = 0;

  static Energy from_j(double joules);
  constexpr double j() const { return static_cast<double>(fj) * 1e-15; }
  constexpr double kwh() const { return j() / 3.6e6; }
  constexpr bool operator==(const Energy&) const = default;
  constexpr auto operator<=>(const Energy& other) const { return fj <=> other.fj; }
  constexpr Energy operator+(Energy other) const { return {fj + other.fj}; }
  constexpr Energy operator-(Energy other) const { return {fj - other.fj}; }
  constexpr Energy& operator+=(Energy other) {
    fj += other.fj;
    return *this;
  }
  constexpr Energy& operator-=(Energy other) {
    fj -= other.fj;
    return *this;
  }
  constexpr Energy operator*(std::int64_t times) const { return {fj * times}; }
};

/// The energy of a constant power over a duration, exact to the femtojoule.
constexpr Energy operator*(Power power, Ticks duration) {
  return {static_cast<int128_t>(power.tenth_mw) * duration};
}

/// The share `part / whole` of an energy, rounded down to a femtojoule. Callers give the remainder to the last
/// share, so that the shares sum to the energy. Requires 0 <= part <= whole and whole > 0.
Energy share(Energy energy, Ticks part, Ticks whole);

}  // namespace idlewatt
