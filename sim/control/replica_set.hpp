// The replicas of a pool: which there are, in which states, on which accelerators. Knows no requests.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/id.hpp"
#include "control/hosted_replica.hpp"
#include "control/load_times.hpp"
#include "control/pool_meter.hpp"
#include "control/replica_event_queue.hpp"
#include "control/replica_placer.hpp"
#include "control/replica_specs.hpp"
#include "control/route_table.hpp"
#include "control/shortage.hpp"
#include "fleet/fleet.hpp"
#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Every change of a replica's state goes through here, so that counts, accounts and the router know of it.
class ReplicaSet {
 public:
  /// What the set works with; everything outlives it.
  struct Surroundings {
    RunningPool& pool;  ///< that it is part of
    PoolId id;
    const Pool& settings;
    const Catalog& catalog;
    Fleet& fleet;
    ReplicaEventQueue& events;
    ReplicaSpecs& specs;
    PoolMeter& meter;
    RouteTable& routes;
  };
  explicit ReplicaSet(const Surroundings& surroundings);
  ReplicaSet(const ReplicaSet&) = delete;
  ReplicaSet& operator=(const ReplicaSet&) = delete;

  const IndexedVector<ReplicaId, std::unique_ptr<HostedReplica>>& all() const { return replicas_; }
  std::int32_t count(ReplicaState state) const { return counts_[state]; }
  /// Replicas that the pool has or wants: pending, starting, ready and sleeping ones.
  std::int32_t members() const;
  /// Members that are wanted.
  std::int32_t target() const { return target_; }
  void set_target(std::int32_t target, Ticks now);
  /// Ready ones whose clocks are down.
  std::int32_t parked() const { return parked_; }
  const LoadTimes& load_times() const { return load_times_; }
  const ReplicaPlacer& placer() const { return placer_; }
  /// Whether fewer replicas were ready than wanted.
  bool was_short_at(Ticks time) const { return shortage_.at(time); }

  // Changes, each at `now`.
  HostedReplica& add_pending(Ticks now);
  /// Gives the pending replica accelerators that nobody holds: it is starting.
  void take(HostedReplica& replica, const Placement& placement, Ticks now);
  void set_state(HostedReplica& replica, ReplicaState state, Ticks now);
  /// All accelerators of the replica enter a state.
  void enter(HostedReplica& replica, AcceleratorState state, Power power, Ticks now);
  /// The replica takes requests from now on, with an empty KV memory.
  void become_ready(HostedReplica& replica, Ticks now);
  /// The clocks of a ready, idle replica's accelerators go down, at once. It stays ready, but the router sees it no
  /// more until unpark_one(), which takes the accelerator's clock_change_s.
  void park(HostedReplica& replica, IdleAction depth, Ticks now);
  void unpark_one(Ticks now);
  /// The replica holds no accelerators any more, and is gone.
  void remove(HostedReplica& replica, Ticks now);
  /// The replica holds no accelerators any more, and is swapped out.
  void swap_out(HostedReplica& replica, Ticks now);
  /// The replica is gone, whatever it does. Returns what it had, ended at `now`, up to which the queue was settled.
  std::vector<Finished> lose(HostedReplica& replica, Ticks now);
  /// The weights of the replica stay in the memory of the server, or (empty) in none.
  void cache_weights_on(HostedReplica& replica, std::optional<ServerId> server);
  /// From the next boundary on the steps of the replica are as slow as the slowest of its servers.
  void set_pace(HostedReplica& replica, Ticks now);

  /// The ready replica to drain first; null when none is ready. With `pack` it is on the server with the fewest awake
  /// replicas, with `spread` on the one with the most, not counting the pool's own that drain already (of a replica on
  /// several servers, the server counts that ranks it first). Of equals the one with the least to do, then the last.
  HostedReplica* drain_victim() const;

  // What replicas tell.
  void load_changed(const HostedReplica& replica);
  /// The next change of the replica is another one.
  void next_change_changed(const HostedReplica& replica) { events_->update(in_queue_[replica.id()]); }
  /// Charges the accelerators for the work done up to `now`, which has been settled, and tells the meter how long
  /// replicas have been in their states.
  void report(Ticks now);

 private:
  void count_time(Ticks now);
  void leave_place(HostedReplica& replica, ReplicaState becomes, Ticks now);
  void unpark(HostedReplica& replica, Ticks now);
  ReplicaName name_of(const HostedReplica& replica) const { return {id_, replica.id()}; }

  RunningPool* pool_;
  PoolId id_;
  const Pool* settings_;
  const Accelerator* accelerator_;
  Fleet* fleet_;
  ReplicaEventQueue* events_;
  ReplicaSpecs* specs_;
  PoolMeter* meter_;
  RouteTable* routes_;
  LoadTimes load_times_;
  ReplicaPlacer placer_;
  IndexedVector<ReplicaId, std::unique_ptr<HostedReplica>> replicas_;
  IndexedVector<ReplicaId, std::size_t> in_queue_;  ///< number of each replica in the event queue
  EnumArray<ReplicaState, std::int32_t, kReplicaStates> counts_;
  std::int32_t parked_ = 0;
  std::int32_t target_ = 0;
  Shortage shortage_;
};

}  // namespace idlewatt
