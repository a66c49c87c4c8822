#include "control/start_times.hpp"

#include <algorithm>

namespace idlewatt {

double StartTimes::shared_bytes_per_s(const FleetServer& server) const {
  return std::min(cluster_->store_bytes_per_s(), cluster_->fleet().racks()[server.rack].uplink_bytes_per_s);
}

double StartTimes::empty_load_s(const RunningPool& pool, const FleetServer& server) const {
  const LoadTimes& times = pool.replicas().load_times();
  const double shared = shared_bytes_per_s(server);
  return (server.disk.images_preloaded ? 0.0 : times.pull_s(shared)) + times.fetch_s(shared);
}

Ticks StartTimes::cold_start(const RunningPool& pool) const {
  const LoadTimes& times = pool.replicas().load_times();
  for (const FleetServer& server : cluster_->fleet().servers()) {
    if (server.type->name == pool.settings().server) {
      const double load_s = std::max(empty_load_s(pool, server), times.read_s());
      const double boot_s = cluster_->manager_of(server)->idle_policy().starts_off() ? server.boot_s() : 0.0;
      return to_ticks(boot_s + load_s + times.copy_s() + times.engine_start_s());
    }
  }
  return 0;
}

Ticks StartTimes::time_to_wake(const HostedReplica& replica, Ticks now) const {
  const RunningPool& pool = replica.pool();
  const LoadTimes& times = pool.replicas().load_times();
  if (replica.state() == ReplicaState::asleep) {
    return to_ticks(times.wake_s());
  }
  if (replica.state() == ReplicaState::swapped_out) {  // and as soon as it has accelerators
    return replica.weights_cached_on() ? swap_in(pool) : cold_start(pool);
  }
  Ticks powered = 0;
  double load_s = 0.0;
  for (const PlacementPart& part : replica.placement().parts) {
    const FleetServer& server = cluster_->fleet().server(part.server);
    const bool off = server.state() == ServerState::off || server.state() == ServerState::shutting_down;
    const Ticks change = server.power_change_at == kNever ? 0 : server.power_change_at - now;
    powered = std::max(powered, change + (off ? to_ticks(server.boot_s()) : 0));
    // Of one's own the disk stays; another rented machine starts empty.
    const bool stays = !(off && server.rented);
    load_s = std::max(load_s, stays ? times.read_s() : empty_load_s(pool, server));
  }
  return powered + to_ticks(load_s + times.copy_s() + times.engine_start_s());
}

Ticks StartTimes::swap_in(const RunningPool& pool) const {
  return to_ticks(pool.replicas().load_times().swap_s()) + swapping_->rules().wake_overhead;
}

}  // namespace idlewatt
