#include "ledger/meter.hpp"

#include <algorithm>

namespace idlewatt {
namespace {

Energy sum(const std::vector<Energy>& energies) {
  Energy total;
  for (const Energy energy : energies) {
    total += energy;
  }
  return total;
}

}  // namespace

Energy Meter::owned_energy() const {
  return sum(owned);
}

Energy Meter::rented_energy() const {
  return sum(rented);
}

Ticks next_interval_end(std::int64_t start_unix_s, Ticks interval, Ticks after, Ticks horizon) {
  const int128_t absolute = static_cast<int128_t>(start_unix_s) * kTicksPerSecond + after;
  const int128_t end = (absolute / interval + 1) * interval;
  return static_cast<Ticks>(std::min<int128_t>(horizon, after + (end - absolute)));
}

}  // namespace idlewatt
