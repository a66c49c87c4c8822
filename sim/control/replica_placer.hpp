// Where replicas of a pool can be placed.
#pragma once

#include <optional>

#include "base/energy.hpp"
#include "catalog/accelerator.hpp"
#include "fleet/fleet.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

class ReplicaPlacer {
 public:
  /// Both outlive it.
  ReplicaPlacer(const Pool& pool, const Accelerator& accelerator, const Fleet& fleet);

  /// What an accelerator of an awake replica may draw beyond what an empty one does.
  Power reserved() const { return reserved_; }
  /// Whether there is room for one more replica, were there power enough.
  bool has_room() const;
  /// Where one more replica would be placed now; empty for want of room or power.
  std::optional<Placement> find_place() const;
  /// Whether the racks have power for a replica that wakes or starts there.
  bool has_power(const Placement& placement) const;

 private:
  std::optional<Placement> allocated(std::optional<Power> reserved) const;

  const Pool* pool_;
  const Fleet* fleet_;
  Power reserved_;
};

}  // namespace idlewatt
