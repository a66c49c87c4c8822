// The rentals of a machine, each from provisioning to release.
#pragma once

#include <vector>

#include "base/ticks.hpp"

namespace idlewatt {

class RentMeter {
 public:
  void begin(Ticks now) {
    rented_ = true;
    since_ = now;
  }
  void end(Ticks now) {
    if (now > since_) {  // what is given back in the instant was never rented
      ended_.push_back(now - since_);
    }
    rented_ = false;
  }
  bool rented() const { return rented_; }

  /// Lengths of the rentals that have ended.
  const std::vector<Ticks>& ended() const { return ended_; }
  /// Length until `now` of the open rental; 0 without one.
  Ticks open(Ticks now) const { return rented_ ? now - since_ : 0; }

 private:
  Ticks since_ = 0;
  std::vector<Ticks> ended_;
  bool rented_ = false;
};

}  // namespace idlewatt
