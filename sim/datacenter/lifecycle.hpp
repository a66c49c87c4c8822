// Replicas come and go: each start, stop, sleep and wake is an actor that takes its time, on servers that boot and shut
// down, over links that it shares. Every state it passes through is charged as long as it lasts, also when it is
// cancelled half-way.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "datacenter/actor_clock.hpp"
#include "datacenter/cluster.hpp"
#include "datacenter/control_clock.hpp"
#include "datacenter/site.hpp"
#include "policy/idle/idle.hpp"

namespace idlewatt {

class Lifecycle {
 public:
  Lifecycle(SimulatedSite& site, ControlClock& clock, Cluster& cluster);

  /// Brings the pool to `target` members: new ones start, or are pending for want of room. Of too many, first those
  /// that are pending go, then those that start (cancelled), then sleeping ones, then ready ones, which drain.
  void set_target(PoolRuntime& pool, std::int32_t target, Ticks now);

  /// What an idle policy decided about a ready, idle replica.
  void rest(HostedReplica& replica, IdleAction action, Ticks now);
  /// Wakes one sleeping replica of the pool, if there is one: asleep before unloaded, then the lowest number.
  void wake_one(PoolRuntime& pool, Ticks now);
  /// Shuts down a server without awake replicas.
  void power_off(std::int32_t server, Ticks now);

  /// How long a start takes when no link is shared, from a server that is off where the idle policy powers off: the
  /// longer of loading over the network (image and weights) and from the server's disk.
  Ticks cold_start(const PoolRuntime& pool) const;

 private:
  using Clock = std::shared_ptr<ActorClock>;

  /// A start or wake under way, which can be cancelled.
  struct Start {
    Clock clock;
    ActorHandle actor;
  };

  Clock clock_at(Ticks now) const { return std::make_shared<ActorClock>(*site_, *clock_, now); }
  using StartBody = void (Lifecycle::*)(HostedReplica&, ActorClock&);
  void begin_start(HostedReplica& replica, Ticks now, StartBody body);
  void place_pending(Ticks now);
  bool remove_one(PoolRuntime& pool, Ticks now);
  void cancel_start(HostedReplica& replica, Ticks now);
  void drain(HostedReplica& replica, Ticks now);

  // Bodies of actors.
  void start_body(HostedReplica& replica, ActorClock& clock);
  void wake_body(HostedReplica& replica, ActorClock& clock);
  void drain_body(HostedReplica& replica, ActorClock& clock);
  void power_on(std::int32_t server, ActorClock& clock);
  void load(HostedReplica& replica, ActorClock& clock);

  SimulatedSite* site_;
  ControlClock* clock_;
  Cluster* cluster_;
  std::map<const HostedReplica*, Start> starting_;  ///< looked up, never iterated
};

}  // namespace idlewatt
