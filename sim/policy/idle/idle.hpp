// Idle power: what becomes of a replica that has had no work for a while, and of a server without replicas.
#pragma once

#include <cstdint>

#include "policy/declaration.hpp"
#include "units/ticks.hpp"

namespace idlewatt {

/// What a host's power manager can see of one idle replica, or of one powered server that holds no awake replica.
struct IdleView {
  Ticks now = 0;
  Ticks idle_since = 0;
};

/// Of a replica: it stays a member of its pool, and is woken when queries want it. A parked one stays ready.
enum class IdleAction : std::uint8_t {
  keep,
  park,       ///< clocks of the cores down: back in milliseconds
  park_deep,  ///< the memory's too
  sleep,      ///< weights to host memory, context released: back in seconds
  unload,     ///< engine stopped: back after a load and an engine start
};

struct IdleDecision {
  IdleAction action = IdleAction::keep;
  Ticks wake_at = kNever;  ///< when to ask again, if it is still idle then
};

struct EmptyServerDecision {
  bool power_off = false;
  Ticks wake_at = kNever;
};

/// What the pool's router can see when a query is about to be routed.
struct WakeView {
  std::int32_t awake = 0;  ///< replicas ready or on their way to it; of parked ones' pool: those that take queries
  std::int64_t outstanding = 0;  ///< queries of the pool, this one included
};

class IdlePolicy {
 public:
  virtual ~IdlePolicy() = default;
  virtual IdleDecision replica_idle(const IdleView& view) = 0;
  virtual EmptyServerDecision server_empty(const IdleView& view) = 0;
  /// Whether one more sleeping or parked replica of the pool should be woken. Asked only when there is one.
  virtual bool wake(const WakeView& view) = 0;
  /// Whether servers that hold no replica at time 0 are off then.
  virtual bool starts_off() const = 0;
  /// The shortest time after which replica_idle() or server_empty() could act: nobody need ask before.
  virtual Ticks shortest_wait() const = 0;
};

using IdleDeclaration = Declaration<IdlePolicy>;

}  // namespace idlewatt
