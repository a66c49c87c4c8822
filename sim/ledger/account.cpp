#include "ledger/account.hpp"

#include <cmath>

namespace idlewatt {

ProportionalEnergy::ProportionalEnergy(double per_unit)
    : parts_per_million_(static_cast<std::int64_t>(std::llround(per_unit * 1e6))) {}

Energy ProportionalEnergy::add(Energy energy) {
  base_ += energy;
  const Energy due{base_.fj / 1'000'000 * parts_per_million_ + base_.fj % 1'000'000 * parts_per_million_ / 1'000'000};
  const Energy more = due - charged_;
  charged_ = due;
  return more;
}

}  // namespace idlewatt
