// Autoscaling: how many replicas should a pool have?
#pragma once

#include <cstdint>

#include "policy/declaration.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// What a pool's controller can see.
struct AutoscaleView {
  Ticks now = 0;
  std::int32_t start = 0;    ///< replicas.start of the pool
  std::int32_t minimum = 0;  ///< replicas.min
  std::int32_t maximum = 0;  ///< replicas.max
  std::int32_t target = 0;   ///< asked for by the last decision
  std::int32_t ready = 0;    ///< able to take queries
  std::int64_t queued = 0;   ///< queries waiting, all replicas together
  std::int64_t running = 0;  ///< queries in a batch
};

struct AutoscaleDecision {
  std::int32_t replicas = 0;  ///< wanted from now on; the datacenter clamps it to min and max
  Ticks wake_at = kNever;     ///< when to ask again
};

class AutoscalePolicy {
 public:
  virtual ~AutoscalePolicy() = default;
  virtual AutoscaleDecision decide(const AutoscaleView& view) = 0;
};

using AutoscaleDeclaration = Declaration<AutoscalePolicy>;

}  // namespace idlewatt
