// The clocks at which an accelerator's cores may run, and the effect of each on rates and energies.
#pragma once

#include <vector>

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// One core clock, with its rates and energies as factors of those at the highest clock.
struct ClockPoint {
  double clock_hz = 0.0;
  double compute = 1.0;    ///< factor of the arithmetic rate
  double bandwidth = 1.0;  ///< factor of the memory bandwidth
  double energy = 1.0;     ///< factor of the joules per operation and per byte
  double static_w = 0.0;   ///< static power of every step
};

/// The rates and energies at `clock_hz`, a share f of the highest clock. Arithmetic: f. Bandwidth: 1 - slope (1 - f).
/// Voltage: V = max(floor, 1 - slope (1 - f)). Energy per operation and byte: V^2. Static power above parked: f V^2
/// (dynamic power of CMOS, C V^2 f; Weste and Harris, CMOS VLSI Design, 5.2).
ClockPoint clock_point(const Accelerator& accelerator, double clock_hz);

/// All clocks that may be set, the highest first.
std::vector<ClockPoint> clock_ladder(const Accelerator& accelerator);

}  // namespace idlewatt
