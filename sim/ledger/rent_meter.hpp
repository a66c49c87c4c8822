// What a rented machine is billed for: from provisioning to release, in the provider's increments.
#pragma once

#include <algorithm>

#include "units/ticks.hpp"

namespace idlewatt {

class RentMeter {
 public:
  /// Each rental is billed in whole multiples of `increment`, and for at least `minimum`.
  RentMeter(Ticks increment, Ticks minimum) : increment_(std::max<Ticks>(increment, 1)), minimum_(minimum) {}

  void begin(Ticks now) {
    rented_ = true;
    since_ = now;
  }
  void end(Ticks now) {
    const Ticks used = now - since_;
    if (used > 0) {  // what is given back in the instant was never rented
      billed_ += std::max(minimum_, (used + increment_ - 1) / increment_ * increment_);
    }
    rented_ = false;
  }
  bool rented() const { return rented_; }

  /// Up to `now`. A rental that goes on is billed as it stands: its end is not in the run.
  Ticks billed(Ticks now) const { return billed_ + (rented_ ? now - since_ : 0); }

 private:
  Ticks increment_;
  Ticks minimum_;
  Ticks since_ = 0;
  Ticks billed_ = 0;
  bool rented_ = false;
};

}  // namespace idlewatt
