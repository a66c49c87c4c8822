// Idle power: what to do with a replica that has had no work for a while.
#pragma once

#include <cstdint>

#include "policy/declaration.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// What a host's power manager can see of one idle replica.
struct IdleView {
  Ticks now = 0;
  Ticks idle_since = 0;
};

enum class IdleAction : std::uint8_t { keep };

struct IdleDecision {
  IdleAction action = IdleAction::keep;
  Ticks wake_at = kNever;  ///< when to ask again, if the replica is still idle then
};

class IdlePolicy {
 public:
  virtual ~IdlePolicy() = default;
  virtual IdleDecision decide(const IdleView& view) = 0;
};

using IdleDeclaration = Declaration<IdlePolicy>;

}  // namespace idlewatt
