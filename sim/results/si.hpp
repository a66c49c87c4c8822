// Integers of the ledger as doubles in SI units, each rounded once: 60 s is written as 60, not 59.999999999999993.
#pragma once

#include "base/energy.hpp"
#include "base/ticks.hpp"

namespace idlewatt::hdf5 {

/// Seconds of a number of ticks. Division by a power of ten that a double holds exactly rounds once; multiplication by
/// its inverse would round twice.
constexpr double seconds(int128_t ticks) {
  return static_cast<double>(ticks) / 1e11;
}

/// The mean power in watts. (One femtojoule per tick is a tenth of a milliwatt.)
constexpr double mean_watts(Energy energy, Ticks duration) {
  return duration > 0 ? static_cast<double>(energy.fj) / static_cast<double>(duration) / 1e4 : 0.0;
}

}  // namespace idlewatt::hdf5
