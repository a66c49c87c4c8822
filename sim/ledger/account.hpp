// The account of one device: always in one state, every tick and femtojoule charged to one.
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

  /// From `now` on the device is in `state` at `power`; until then it was in the state before.
  void enter(State state, Power power, Ticks now) {
    charge_until(now);
    state_ = state;
    power_ = power;
  }

  /// From `from` to `to` the device worked in `state`, at a cost of `energy`; the time since the last charge went by
  /// in its own state.
  void worked(State state, Ticks from, Ticks to, Energy energy) {
    charge_until(from);
    bin_.charge(state, to - from, energy);
    charged_until_ = to;
  }

  /// Charges the time up to `now` to the device's state.
  void charge_until(Ticks now) {
    if (now < charged_until_) {
      throw ConservationError("a device was charged twice for the same time");
    }
    const Ticks elapsed = now - charged_until_;
    bin_.charge(state_, elapsed, power_ * elapsed);
    charged_until_ = now;
  }

  /// Ends the bin at `now`: returns what was charged since the last one.
  StateTotals<State, N> close_bin(Ticks now) {
    charge_until(now);
    totals_ += bin_;
    const StateTotals<State, N> closed = bin_;
    bin_ = {};
    return closed;
  }

  /// Of all closed bins and the open one, as far as it was charged.
  Energy charged_energy() const { return totals_.total_energy() + bin_.total_energy(); }

  /// All closed bins.
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

/// Energy in proportion to another, such as the fans' and the power supply's to the accelerators'. The share is kept
/// in parts per million; parts of a series sum exactly to the part of the sum.
class ProportionalEnergy {
 public:
  explicit ProportionalEnergy(double per_unit);

  /// What comes on top of `energy` more.
  Energy add(Energy energy);
  /// What it would come to with `energy` more.
  Energy total_with(Energy energy) const { return due(base_ + energy); }
  Energy total() const { return charged_; }

 private:
  Energy due(Energy base) const;

  std::int64_t parts_per_million_;
  Energy base_;
  Energy charged_;
};

}  // namespace idlewatt
