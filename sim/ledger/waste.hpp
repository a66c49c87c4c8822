// Idle waste: the energy of powered devices while they do no work for any request.
#pragma once

#include "ledger/state.hpp"

namespace idlewatt {

/// The waste of some accelerators over some time: time without work, powered time, and the energy of the time without
/// work.
struct Waste {
  int128_t waste_ticks = 0;
  int128_t powered_ticks = 0;
  double waste_j = 0.0;

  /// Share of the powered time that was waste; 0 when nothing was powered.
  double share() const {
    return powered_ticks > 0 ? static_cast<double>(waste_ticks) / static_cast<double>(powered_ticks) : 0.0;
  }
  Waste& operator+=(const Waste& other) {
    waste_ticks += other.waste_ticks;
    powered_ticks += other.powered_ticks;
    waste_j += other.waste_j;
    return *this;
  }
};

inline Waste waste_of(const AcceleratorTotals& totals) {
  Waste waste;
  for (const AcceleratorState state : kEveryAcceleratorState) {
    if (is_idle_waste(state)) {
      waste.waste_ticks += totals.ticks[state];
      waste.waste_j += totals.energy[state].j();
    }
    if (is_idle_waste(state) || is_busy(state)) {
      waste.powered_ticks += totals.ticks[state];
    }
  }
  return waste;
}

/// The idle waste of a server at its wall plug, in J: the waste of its accelerators; fans and power supply in
/// proportion to that; all base power while booting and shutting down; and the base power while on, in proportion to
/// its powered accelerators' time without work.
inline double server_waste_j(const Waste& accelerators, Energy accelerator_energy, Energy overhead,
                             const ServerTotals& base) {
  const double whole_j = accelerator_energy.j();
  const double overhead_j = whole_j > 0.0 ? overhead.j() * accelerators.waste_j / whole_j : 0.0;
  const auto at = [&](ServerState state) { return base.energy[state].j(); };
  return accelerators.waste_j + overhead_j + at(ServerState::booting) + at(ServerState::shutting_down) +
         at(ServerState::on) * accelerators.share();
}

}  // namespace idlewatt
