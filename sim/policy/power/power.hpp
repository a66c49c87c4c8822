// Power budgets: decides which of the starts and wakes that wait for a rack's power goes first.
#pragma once

#include <cstdint>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "policy/declaration.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// A replica that waits for rack power: one that is to start, or a sleeping one that requests need.
struct PowerView {
  PoolId pool = {};              ///< pool of the replica
  Ticks since = 0;               ///< time since which the replica waits for power
  std::int64_t outstanding = 0;  ///< requests of the pool
  std::int32_t awake = 0;        ///< replicas of the pool that are ready or becoming ready
};

template <>
struct FieldsOf<PowerView>
    : ShownFields<&PowerView::pool, &PowerView::since, &PowerView::outstanding, &PowerView::awake> {};

/// Orders the replicas that wait for a rack's power.
class PowerPolicy {
 public:
  virtual ~PowerPolicy() = default;
  /// The rank of a waiting replica; the lowest goes first. Of equal ranks the replica that waits longest goes first,
  /// then the one of the first pool.
  virtual double rank(const PowerView& waiting) const = 0;
  /// True when a replica that the power suffices for may overtake replicas that need more.
  virtual bool overtaking() const = 0;
};

using PowerDeclaration = Declaration<PowerPolicy>;

}  // namespace idlewatt
