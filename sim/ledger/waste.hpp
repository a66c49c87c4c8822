// Idle waste: what powered devices draw while they do no work for any request.
#pragma once

#include "ledger/state.hpp"

namespace idlewatt {

/// Of some accelerators, over some time: how long they were without work, how long they were powered, and the energy
/// that the former cost.
struct Waste {
  int128_t waste_ticks = 0;
  int128_t powered_ticks = 0;
  double waste_j = 0.0;

  /// Of the powered time; 0 when nothing was powered.
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

/// Waste of a server at its wall plug, J: that of its accelerators, fans and power supply in proportion to it, all of
/// the base power while booting and shutting down, which serves no request, and the base power while on by the share of
/// its powered accelerators' time that was waste.
inline double server_waste_j(const Waste& accelerators, Energy accelerator_energy, Energy overhead,
                             const ServerTotals& base) {
  const double whole_j = accelerator_energy.j();
  const double overhead_j = whole_j > 0.0 ? overhead.j() * accelerators.waste_j / whole_j : 0.0;
  const auto at = [&](ServerState state) { return base.energy[state].j(); };
  return accelerators.waste_j + overhead_j + at(ServerState::booting) + at(ServerState::shutting_down) +
         at(ServerState::on) * accelerators.share();
}

}  // namespace idlewatt
