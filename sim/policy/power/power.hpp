// Power budgets: which of the starts and wakes that wait for a rack's power goes first.
#pragma once

#include <cstdint>

#include "base/id.hpp"
#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// A replica that is to start, or a sleeping one that requests want, and that no rack has power for so far.
struct PowerView {
  PoolId pool = {};              ///< its pool
  Ticks since = 0;               ///< when it was wanted
  std::int64_t outstanding = 0;  ///< requests of its pool
  std::int32_t awake = 0;        ///< replicas of its pool that are ready or on their way to it
};

class PowerPolicy {
 public:
  virtual ~PowerPolicy() = default;
  /// The lowest goes first; of equals the one that was wanted first, then the first pool's.
  virtual double rank(const PowerView& waiting) const = 0;
  /// Whether those that there is power for may go before others that need more.
  virtual bool overtaking() const = 0;
};

using PowerDeclaration = Declaration<PowerPolicy>;

}  // namespace idlewatt
