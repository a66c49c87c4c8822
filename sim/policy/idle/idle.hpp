// Idle power: what becomes of a replica that has had no work for a while, and of a server without replicas.
#pragma once

#include <cstdint>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"

namespace idlewatt {

/// What a rest saves and costs, at the wall: of all accelerators of a replica, or of a server without awake replicas.
struct RestCost {
  double saved_w = 0.0;    ///< by resting instead of waiting
  double restart_j = 0.0;  ///< to go to rest and come back, beyond what a rest of the same length draws
  Ticks go = 0;            ///< how long it takes to go to rest...
  Ticks back = 0;          ///< ...and to come back, alone and from its own disk
};

struct RestCosts {
  RestCost sleep;
  RestCost unload;
  RestCost server_off;
};

/// When a pool's requests come: the future, for policies that are declared clairvoyant and nobody else.
class ArrivalForecast {
 public:
  virtual ~ArrivalForecast() = default;
  /// The time of the `n`-th arrival (from 0) at or after `now`, or `until` if it comes no sooner. `now` never falls.
  virtual Ticks arrival(Ticks now, std::int64_t n, Ticks until) = 0;
};

/// What a host's power manager can see of one idle or resting replica, or of one powered server without awake replicas.
struct IdleView {
  Ticks now = 0;
  Ticks idle_since = 0;  ///< ready without requests, or empty; a replica that was woken begins anew
  /// Of a replica: since it last had a request, whatever it did meanwhile; since it was first ready, when it has had
  /// none.
  Ticks free_since = 0;
  Ticks back = 0;                ///< of a resting replica: how long it takes to be ready, woken now
  std::int32_t awake = 0;        ///< replicas of the pool ready or on their way to it, this one included if it is
  std::int64_t outstanding = 0;  ///< requests of the pool
  ArrivalForecast* forecast = nullptr;  ///< null unless the policy is declared clairvoyant
};

/// Of a replica: it stays a member of its pool, and is woken when requests want it. A parked one stays ready.
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

struct RestDecision {
  bool wake = false;
  Ticks wake_at = kNever;  ///< when to ask again, if it still rests then
};

struct EmptyServerDecision {
  bool power_off = false;
  Ticks wake_at = kNever;
};

/// What the pool's router can see when a request is about to be routed.
struct WakeView {
  std::int32_t awake = 0;  ///< replicas ready or on their way to it; of parked ones' pool: those that take requests
  std::int64_t outstanding = 0;  ///< requests of the pool, this one included
};

class IdlePolicy {
 public:
  virtual ~IdlePolicy() = default;
  /// Once, before anything else is asked.
  virtual void begin(const RestCosts&) {}
  virtual IdleDecision replica_idle(const IdleView& view) = 0;
  /// Of a replica that sleeps or is unloaded: whether to wake it before a request wants it.
  virtual RestDecision replica_resting(const IdleView&) { return {}; }
  virtual EmptyServerDecision server_empty(const IdleView& view) = 0;
  /// Whether one more sleeping or parked replica of the pool should be woken. Asked only when there is one.
  virtual bool wake(const WakeView& view) = 0;
  /// A request came to a replica so long after the end of the one before.
  virtual void idle_ended(Ticks) {}
  /// Whether servers that hold no replica at time 0 are off then.
  virtual bool starts_off() const = 0;
  /// The shortest time after which replica_idle() or server_empty() could act: nobody need ask before.
  virtual Ticks shortest_wait() const = 0;
};

using IdleDeclaration = Declaration<IdlePolicy>;

}  // namespace idlewatt
