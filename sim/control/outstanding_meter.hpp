// The number of requests of a pool, integrated over time. The integral is exact for events in any order.
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

  /// Requests x ticks from time 0 to `now`. Requires that no event is later than `now`.
  int128_t ticks(Ticks now) const { return static_cast<int128_t>(count_) * now + moment_; }

 private:
  std::int64_t count_ = 0;
  int128_t moment_ = 0;  ///< sum of ends minus sum of arrivals
};

}  // namespace idlewatt
