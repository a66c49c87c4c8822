// The clocks at which an accelerator's cores may run, and what each does to rates and energies.
#pragma once

#include <vector>

#include "catalog/accelerator.hpp"

namespace idlewatt {

/// One clock, as factors of what holds at the highest.
struct ClockPoint {
  double clock_hz = 0.0;
  double compute = 1.0;    ///< arithmetic rate
  double bandwidth = 1.0;  ///< memory bandwidth
  double energy = 1.0;     ///< joules per operation and per byte
  double static_w = 0.0;   ///< watts of a step, whatever it does
};

/// What holds at `clock_hz`, a share f of the highest: arithmetic f; bandwidth 1 - slope (1 - f); voltage
/// V = max(floor, 1 - slope (1 - f)), energy per operation and byte V^2, and the static power above parked f V^2
/// (dynamic power of CMOS, C V^2 f; Weste and Harris, CMOS VLSI Design, 5.2).
ClockPoint clock_point(const Accelerator& accelerator, double clock_hz);

/// The discrete clocks, the highest first.
std::vector<ClockPoint> clock_ladder(const Accelerator& accelerator);

}  // namespace idlewatt
