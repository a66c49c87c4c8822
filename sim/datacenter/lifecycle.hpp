// Replicas come and go: each start, stop, sleep and wake is an actor that takes its time, on servers that boot and shut
// down, over links that it shares. Every state it passes through is charged as long as it lasts, also when it is
// cancelled half-way. A replica on several servers starts on all of them at once, an actor for each, and is ready when
// the last has loaded its stages and the engine has started.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "datacenter/actor_clock.hpp"
#include "datacenter/cluster.hpp"
#include "datacenter/control_clock.hpp"
#include "datacenter/site.hpp"
#include "policy/idle/idle.hpp"
#include "policy/power/power.hpp"
#include "policy/swap/swap.hpp"

namespace idlewatt {

class Lifecycle {
 public:
  Lifecycle(SimulatedSite& site, ControlClock& clock, Cluster& cluster, const Scenario& scenario);

  /// Brings the pool to `target` members: new ones start, or are pending for want of room. Of too many, first those
  /// that are pending go, then those that start (cancelled), then sleeping ones, then ready ones, which drain.
  void set_target(PoolRuntime& pool, std::int32_t target, Ticks now);

  /// What an idle policy decided about a ready, idle replica.
  void rest(HostedReplica& replica, IdleAction action, Ticks now);
  /// Wakes one sleeping replica of the pool, if there is one: asleep before unloaded, then the lowest number.
  void wake_one(PoolRuntime& pool, Ticks now);
  /// Wakes a replica that is asleep or unloaded, if there is power for it.
  void wake(HostedReplica& replica, Ticks now);
  /// Shuts down a server without awake replicas.
  void power_off(std::int32_t server, Ticks now);

  /// The server goes down at once (`announced`: after clear_server()), and everything on it; or comes back. Lost
  /// replicas that the pool's target still wants are started elsewhere, or are pending.
  void lose_server(std::int32_t server, bool announced, Ticks now);
  void regain_server(std::int32_t server, Ticks now);
  /// The same of one accelerator, with the replica that holds it.
  void lose_accelerator(std::int32_t server, std::int32_t accelerator, Ticks now);
  void regain_accelerator(std::int32_t server, std::int32_t accelerator, Ticks now);
  /// Steps on the server take `factor` times as long from now on (`begins`), or no longer for this reason.
  void slow_server(std::int32_t server, double factor, bool begins, Ticks now);
  /// The server will be taken away soon: nothing new comes to it, what is ready there drains, others are started.
  void clear_server(std::int32_t server, Ticks now);

  /// How long a start takes while nobody else loads, from servers that are off where the idle policy powers off: the
  /// longer of loading over the network (image and weights) and from the servers' disks. A replica on several servers
  /// counts as on empty ones of one rack, which share its uplink.
  Ticks cold_start(const PoolRuntime& pool) const;
  /// How long a sleeping or unloaded replica takes to be ready when it is woken at `now`, likewise.
  Ticks time_to_wake(const HostedReplica& replica, Ticks now) const;

 private:
  using Clock = std::shared_ptr<ActorClock>;

  /// A start or wake under way, which can be cancelled: one actor or several.
  struct Start {
    std::vector<Clock> clocks;
    std::vector<ActorHandle> actors;
    std::size_t loading = 0;  ///< actors whose part has not been loaded
  };

  /// What goes with lost replicas.
  struct Losses {
    struct OfPool {
      PoolRuntime* pool = nullptr;
      std::vector<Finished> requests;
    };
    std::vector<OfPool> requests;
    std::vector<ActorHandle> actors;  ///< starts under way, to be killed
  };

  Clock clock_at(Ticks now) const { return std::make_shared<ActorClock>(*site_, *clock_, now); }
  using StartBody = std::function<void(ActorClock&)>;
  void begin(HostedReplica& replica, Ticks now, const std::vector<StartBody>& bodies);
  void begin_start(HostedReplica& replica, Ticks now);
  void begin_wake(HostedReplica& replica, Ticks now);
  /// From the store to a server, when nobody else loads to its rack.
  double shared_bytes_per_s(const FleetServer& server) const;
  /// Starts what is pending and there is room for. With power budgets: and what requests want to wake, as far as there
  /// is power, in the order of the power policy.
  void place_pending(Ticks now);
  void place_all(Ticks now);
  void serve_waiting(Ticks now);
  /// A replica or a server draws less from now on.
  void power_freed(Ticks now);

  // Swapping (lifecycle_swap.cpp).
  struct Seat;
  /// Gives accelerators to replicas of swapped pools that wait for them, the one that has waited longest first: free
  /// ones, or those of others, which are pushed out.
  void serve_swaps(Ticks now);
  std::vector<HostedReplica*> waiting_for_swap() const;
  bool start_on_claim(HostedReplica& replica, Ticks now);
  std::optional<Seat> choose_seat(const HostedReplica& replica, Ticks now) const;
  std::optional<Seat> seat_on(std::int32_t server, const HostedReplica& replica, bool from_busy, Ticks now) const;
  std::optional<Seat> best_seat(const HostedReplica& replica, bool from_busy, Ticks now) const;
  bool may_be_pushed(const HostedReplica& replica, Ticks now) const;
  void claim(HostedReplica& replica, const Seat& seat, Ticks now);
  void drop_claim(HostedReplica& replica);
  void drop_broken_claims();
  void swap_out_body(HostedReplica& replica, ActorClock& clock);
  void end_swap_out(HostedReplica& replica, Ticks now);
  /// Whether the weights of a replica that is pushed out stay in its server's memory; others' make room there.
  bool keep_in_memory(HostedReplica& replica);
  double free_memory(std::int32_t server, const HostedReplica& besides) const;
  void forget_sleepers(std::int32_t server);
  Ticks swap_in_time(const PoolRuntime& pool) const;
  /// Looks again when somebody who waits may have a chance.
  void watch_swaps(Ticks now);
  Ticks next_chance(Ticks now) const;
  bool remove_one(PoolRuntime& pool, Ticks now);
  void cancel_start(HostedReplica& replica, Ticks now);
  void drain(HostedReplica& replica, Ticks now);
  /// What a draining replica waited for has come, or is on its way no more.
  void go_on_draining(HostedReplica& replica, Ticks now);
  void begin_draining(HostedReplica& replica, Ticks now);
  void lose(HostedReplica& replica, Losses& losses, Ticks now);
  template <class IsLost>
  void lose_all(IsLost is_lost, Losses& losses, Ticks now);
  void make_up_for(Losses&& losses, Ticks now);

  // Bodies of actors.
  void start_body(HostedReplica& replica, std::size_t part, ActorClock& clock);
  void wake_body(HostedReplica& replica, ActorClock& clock);
  void drain_body(HostedReplica& replica, ActorClock& clock);
  void power_on(std::int32_t server, ActorClock& clock);
  void end_start(HostedReplica& replica, Ticks now);
  void load(const PoolRuntime& pool, const PlacementPart& part, ActorClock& clock);

  SimulatedSite* site_;
  ControlClock* clock_;
  Cluster* cluster_;
  std::unique_ptr<PowerPolicy> power_;  ///< null without power budgets
  std::unique_ptr<SwapPolicy> swap_;    ///< null without swapping
  Clock watch_;                         ///< of the actor that looks again; null when there is none
  Ticks watch_at_ = 0;
  std::map<const HostedReplica*, Start> starting_;  ///< looked up, never iterated
  std::map<const HostedReplica*, Clock> leaving_;   ///< of those that rest, drain or stop; the same
};

}  // namespace idlewatt
