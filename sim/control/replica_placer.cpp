#include "control/replica_placer.hpp"

#include <algorithm>

#include "fleet/placement.hpp"

namespace idlewatt {
namespace {

Power most_above_empty(const Accelerator& accelerator, const Pool& pool) {
  const double busy_w = pool.power_cap_w.value_or(accelerator.board_limit_w.value);
  const double most_w = std::max({busy_w, accelerator.loading_w.value, accelerator.idle_loaded_w.value});
  return Power::from_w(std::max(most_w - accelerator.idle_empty_w.value, 0.0));
}

}  // namespace

ReplicaPlacer::ReplicaPlacer(const Pool& pool, const Accelerator& accelerator, const Fleet& fleet)
    : pool_(&pool), fleet_(&fleet), reserved_(most_above_empty(accelerator, pool)) {}

std::optional<Placement> ReplicaPlacer::allocated(std::optional<Power> reserved) const {
  return allocate(*fleet_, pool_->server, pool_->parallel.groups(), pool_->parallel.of_group(), pool_->placement,
                  reserved);
}

bool ReplicaPlacer::has_room() const {
  return allocated(std::nullopt).has_value();
}

std::optional<Placement> ReplicaPlacer::find_place() const {
  return allocated(reserved_);
}

bool ReplicaPlacer::has_power(const Placement& placement) const {
  return idlewatt::has_power(*fleet_, placement, reserved_);
}

}  // namespace idlewatt
