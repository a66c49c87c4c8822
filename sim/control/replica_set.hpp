// The replicas of a pool: their states and their accelerators. Knows no requests.
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

/// The set of a pool's replicas. Every change of a replica's state goes through this class, so that counts, accounts
/// and the router stay true.
class ReplicaSet {
 public:
  /// The objects that the set works with. All of them must outlive it.
  struct Surroundings {
    RunningPool& pool;  ///< pool that the set belongs to
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
  /// Number of replicas that the pool has or wants: pending, starting, ready and sleeping ones.
  std::int32_t members() const;
  /// Number of members that the pool should have.
  std::int32_t target() const { return target_; }
  void set_target(std::int32_t target, Ticks now);
  /// Number of ready replicas whose clocks are lowered.
  std::int32_t parked() const { return parked_; }
  const LoadTimes& load_times() const { return load_times_; }
  const ReplicaPlacer& placer() const { return placer_; }
  /// True when, at `time`, fewer replicas were ready than wanted.
  bool was_short_at(Ticks time) const { return shortage_.at(time); }

  // Changes, each at `now`.
  HostedReplica& add_pending(Ticks now);
  /// Gives free accelerators to a pending replica, which is then starting.
  void take(HostedReplica& replica, const Placement& placement, Ticks now);
  void set_state(HostedReplica& replica, ReplicaState state, Ticks now);
  /// Sets the state of all accelerators of the replica.
  void enter(HostedReplica& replica, AcceleratorState state, Power power, Ticks now);
  /// Makes the replica take requests, with an empty KV memory.
  void become_ready(HostedReplica& replica, Ticks now);
  /// Lowers the clocks of a ready, idle replica's accelerators at once. The replica stays ready, but the router does
  /// not see it until unpark_one(), which takes the accelerator's clock_change_s.
  void park(HostedReplica& replica, IdleAction depth, Ticks now);
  void unpark_one(Ticks now);
  /// Takes the accelerators of the replica and removes it.
  void remove(HostedReplica& replica, Ticks now);
  /// Takes the accelerators of the replica, which is then swapped out.
  void swap_out(HostedReplica& replica, Ticks now);
  /// Removes the replica in any state. Returns its requests, ended at `now`. Requires that the event queue is settled
  /// up to `now`.
  std::vector<Finished> lose(HostedReplica& replica, Ticks now);
  /// Sets the server whose memory keeps the weights of the replica; empty for none.
  void cache_weights_on(HostedReplica& replica, std::optional<ServerId> server);
  /// Sets the pace of the replica from its next step on: that of its slowest server.
  void set_pace(HostedReplica& replica, Ticks now);

  /// The ready replica to drain first; null when no replica is ready. With `pack`, the replica on the server with the
  /// fewest awake replicas; with `spread`, on the server with the most. Draining replicas of the pool do not count. Of
  /// a replica on several servers, the server that ranks it first counts. Of equal replicas, the one with the least
  /// work goes, then the last one.
  HostedReplica* drain_victim() const;

  // Reports from replicas.
  void load_changed(const HostedReplica& replica);
  /// Updates the event queue after the next change of the replica has changed.
  void next_change_changed(const HostedReplica& replica) { events_->update(in_queue_[replica.id()]); }
  /// Charges the accelerators for the work up to `now`, and reports the time of replicas in their states to the meter.
  /// Requires that the cluster is settled up to `now`.
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
