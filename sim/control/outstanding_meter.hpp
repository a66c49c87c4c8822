// How many requests a pool has, and for how long: their number integrated over time, exactly and in any order of
// events.
#pragma once

#include <cstdint>

#include "base/int128.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

class OutstandingMeter {
 public:
  void come(Ticks at) {
    ++count_;
    moment_ -= at;
  }
  void go(Ticks at) {
    --count_;
    moment_ += at;
  }

  std::int64_t count() const { return count_; }

  /// Requests x ticks from time 0 to `now`, which is not before any event.
  int128_t ticks(Ticks now) const { return static_cast<int128_t>(count_) * now + moment_; }

 private:
  std::int64_t count_ = 0;
  int128_t moment_ = 0;  ///< ends less arrivals, summed
};

}  // namespace idlewatt
