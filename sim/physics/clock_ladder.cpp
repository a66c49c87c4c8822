#include "physics/clock_ladder.hpp"

#include <algorithm>

namespace idlewatt {

ClockPoint clock_point(const Accelerator& a, double clock_hz) {
  const double clock = clock_hz / a.clock_max_hz.value;
  const double given_up = 1.0 - clock;
  const double voltage = std::max(a.voltage_floor.value, 1.0 - a.voltage_slope.value * given_up);
  const double squared = voltage * voltage;
  return {.clock_hz = clock_hz,
          .compute = clock,
          .bandwidth = 1.0 - a.bandwidth_slope.value * given_up,
          .energy = squared,
          .static_w = a.parked_w.value + (a.busy_static_w.value - a.parked_w.value) * clock * squared};
}

std::vector<ClockPoint> clock_ladder(const Accelerator& a) {
  std::vector<ClockPoint> ladder;
  for (double clock_hz = a.clock_max_hz.value; clock_hz >= a.clock_min_hz.value;
       clock_hz = a.clock_max_hz.value - static_cast<double>(ladder.size()) * a.clock_step_hz.value) {
    ladder.push_back(clock_point(a, clock_hz));
  }
  return ladder;
}

}  // namespace idlewatt
