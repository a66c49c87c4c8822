// The places where replicas of a pool can be put.
#pragma once

#include <optional>

#include "base/energy.hpp"
#include "catalog/accelerator.hpp"
#include "fleet/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class ReplicaPlacer {
 public:
  /// Makes the placer. All arguments must outlive it.
  ReplicaPlacer(const Pool& pool, const Accelerator& accelerator, const Fleet& fleet);

  /// The largest power of an accelerator of an awake replica, minus the power of an empty accelerator.
  Power reserved() const { return reserved_; }
  /// True when there is room for one more replica, power aside.
  bool has_room() const;
  /// The place for one more replica; empty for lack of room or power.
  std::optional<Placement> find_place() const;
  /// True when the racks have power for a replica that wakes or starts at the placement.
  bool has_power(const Placement& placement) const;

 private:
  std::optional<Placement> allocated(std::optional<Power> reserved) const;

  const Pool* pool_;
  const Fleet* fleet_;
  Power reserved_;
};

}  // namespace idlewatt
