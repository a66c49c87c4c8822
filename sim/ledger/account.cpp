#include "ledger/account.hpp"

#include <cmath>

namespace idlewatt {

ProportionalEnergy::ProportionalEnergy(double per_unit)
    : parts_per_million_(static_cast<std::int64_t>(std::llround(per_unit * 1e6))) {}

Energy ProportionalEnergy::add(Energy energy) {
  base_ += energy;
  const Energy now_due = due(base_);
  const Energy more = now_due - charged_;
  charged_ = now_due;
  return more;
}

Energy ProportionalEnergy::due(Energy base) const {
  return {base.fj / 1'000'000 * parts_per_million_ + base.fj % 1'000'000 * parts_per_million_ / 1'000'000};
}

}  // namespace idlewatt
