// The account of one device. The device is always in one state, and every tick and femtojoule is charged to one state.
#pragma once

#include <string>

#include "base/error.hpp"
#include "ledger/state.hpp"

namespace idlewatt {

/// Time and energy of a device whose power is constant between changes of state, with work charged as it is reported.
/// Charges go to the open bin of the time series; closing the bin adds them to the totals.
template <class State, std::size_t N>
class StateAccount {
 public:
  StateAccount(State state, Power power) : state_(state), power_(power) {}

  State state() const { return state_; }
  Ticks charged_until() const { return charged_until_; }

  /// Changes the state: from `now` on the device is in `state` at `power`. The time until `now` is charged to the old
  /// state.
  void enter(State state, Power power, Ticks now) {
    charge_until(now);
    state_ = state;
    power_ = power;
  }

  /// Charges work in `state` from `from` to `to` with `energy`. The time from the last charge to `from` is charged to
  /// the device's own state.
  void worked(State state, Ticks from, Ticks to, Energy energy) {
    charge_until(from);
    bin_.charge(state, to - from, energy);
    charged_until_ = to;
  }

  /// Charges the time up to `now` to the device's state. Throws ConservationError when that time has been charged
  /// before.
  void charge_until(Ticks now) {
    if (now < charged_until_) {
      throw ConservationError("a device was charged twice for the same time");
    }
    if (now == charged_until_) {
      return;
    }
    const Ticks elapsed = now - charged_until_;
    bin_.charge(state_, elapsed, power_ * elapsed);
    charged_until_ = now;
  }

  /// Closes the bin at `now`. Returns the charges since the last bin was closed.
  StateTotals<State, N> close_bin(Ticks now) {
    charge_until(now);
    totals_ += bin_;
    const StateTotals<State, N> closed = bin_;
    bin_ = {};
    return closed;
  }

  /// Energy of all closed bins and of the open bin so far.
  Energy charged_energy() const { return totals_.total_energy() + bin_.total_energy(); }

  /// Totals of all closed bins.
  const StateTotals<State, N>& totals() const { return totals_; }

 private:
  State state_;
  Power power_;
  Ticks charged_until_ = 0;
  StateTotals<State, N> bin_;
  StateTotals<State, N> totals_;
};

using AcceleratorAccount = StateAccount<AcceleratorState, kAcceleratorStates>;
using ServerAccount = StateAccount<ServerState, kServerStates>;

/// Energy in proportion to another energy, such as that of fans and power supply to that of accelerators. The
/// proportion is kept in parts per million. The parts of a series of energies sum exactly to the part of their sum.
class ProportionalEnergy {
 public:
  explicit ProportionalEnergy(double per_unit);

  /// Adds `energy` to the base. Returns the proportional energy that it adds.
  Energy add(Energy energy);
  /// The total if `energy` were added to the base.
  Energy total_with(Energy energy) const { return due(base_ + energy); }
  Energy total() const { return charged_; }

 private:
  Energy due(Energy base) const;

  std::int64_t parts_per_million_;
  Energy base_;
  Energy charged_;
};

}  // namespace idlewatt
