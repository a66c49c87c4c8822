// Idle power: decides what happens to replicas that have had no work for a while, and to servers without replicas.
#pragma once

#include <cstdint>

#include "base/ticks.hpp"
#include "policy/declaration.hpp"
#include "policy/view_fields.hpp"

namespace idlewatt {

/// The saving and the cost of a rest, at the wall: for all accelerators of a replica, or for a server without awake
/// replicas.
struct RestCost {
  double saved_w = 0.0;    ///< power saved by resting instead of waiting
  double restart_j = 0.0;  ///< energy to go to rest and come back, beyond the energy of resting for that time
  Ticks go = 0;            ///< time to go to rest
  Ticks back = 0;          ///< time to come back when nothing is shared, from the server's own disk
};

template <>
struct FieldsOf<RestCost> : ShownFields<&RestCost::saved_w, &RestCost::restart_j, &RestCost::go, &RestCost::back> {};

/// The costs of the kinds of rest.
struct RestCosts {
  RestCost sleep;
  RestCost unload;
  RestCost server_off;
};

template <>
struct FieldsOf<RestCosts> : ShownFields<&RestCosts::sleep, &RestCosts::unload, &RestCosts::server_off> {};

/// The future arrivals of a pool, shown only to policies that are declared clairvoyant.
class ArrivalForecast {
 public:
  virtual ~ArrivalForecast() = default;
  /// The time of the `n`-th arrival (from 0) at or after `now`; `until` if that arrival does not come before. `now`
  /// must never fall from call to call.
  virtual Ticks arrival(Ticks now, std::int64_t n, Ticks until) = 0;
};

/// The state that a host's power manager can see of one idle or resting replica, or of one powered server without awake
/// replicas.
struct IdleView {
  Ticks now = 0;
  Ticks idle_since = 0;  ///< time since which the replica is ready without requests, or the server empty; waking a
                         ///< replica restarts it
  /// For a replica: the time of its last request's end, whatever it has done since; the time at which it was first
  /// ready when it has had no request.
  Ticks free_since = 0;
  Ticks back = 0;                ///< for a resting replica: time until it would be ready, if woken now
  std::int32_t awake = 0;        ///< replicas of the pool that are ready or becoming ready, this one included if it is
  std::int64_t outstanding = 0;  ///< requests of the pool
  ArrivalForecast* forecast = nullptr;  ///< null unless the policy is declared clairvoyant
};

/// Python has no clairvoyant policies, so no forecast.
template <>
struct FieldsOf<IdleView> : ShownFields<&IdleView::now, &IdleView::idle_since, &IdleView::free_since, &IdleView::back,
                                        &IdleView::awake, &IdleView::outstanding>,
                            HiddenFields<&IdleView::forecast> {};

/// The action on an idle replica. The replica stays a member of its pool and is woken when requests need it. A parked
/// replica stays ready.
enum class IdleAction : std::uint8_t {
  keep,
  park,       ///< lowers the core clocks; the replica is back in milliseconds
  park_deep,  ///< lowers the core and memory clocks
  sleep,      ///< moves weights to host memory and releases the context; the replica is back in seconds
  unload,     ///< stops the engine; the replica is back after a load and an engine start
};

/// The decision about an idle replica.
struct IdleDecision {
  IdleAction action = IdleAction::keep;
  Ticks wake_at = kNever;  ///< time at which to ask again if the replica is still idle
};

/// The decision about a resting replica.
struct RestDecision {
  bool wake = false;
  Ticks wake_at = kNever;  ///< time at which to ask again if the replica still rests
};

/// The decision about a server without awake replicas.
struct EmptyServerDecision {
  bool power_off = false;
  Ticks wake_at = kNever;
};

/// The state that the pool's router can see when a request is about to be routed.
struct WakeView {
  std::int32_t awake = 0;  ///< replicas that are ready or becoming ready; in a pool with parked replicas, those that
                           ///< take requests
  std::int64_t outstanding = 0;  ///< requests of the pool, this one included
};

template <>
struct FieldsOf<WakeView> : ShownFields<&WakeView::awake, &WakeView::outstanding> {};

/// Decides about replicas and servers without work.
class IdlePolicy {
 public:
  virtual ~IdlePolicy() = default;
  /// Receives the costs of resting. Called once, before all other functions.
  virtual void begin(const RestCosts&) {}
  virtual IdleDecision replica_idle(const IdleView& view) = 0;
  /// Decides whether to wake a replica that sleeps or is unloaded before a request needs it.
  virtual RestDecision replica_resting(const IdleView&) { return {}; }
  virtual EmptyServerDecision server_empty(const IdleView& view) = 0;
  /// Decides whether to wake one more sleeping or parked replica of the pool. Called only when the pool has one.
  virtual bool wake(const WakeView& view) = 0;
  /// Receives the time between the end of a replica's last request and the arrival of its next one.
  virtual void idle_ended(Ticks) {}
  /// True when servers that hold no replica at time 0 are off at time 0.
  virtual bool starts_off() const = 0;
  /// The shortest time after which replica_idle() or server_empty() could act; they need not be called earlier.
  virtual Ticks shortest_wait() const = 0;
};

using IdleDeclaration = Declaration<IdlePolicy>;

}  // namespace idlewatt
