#include "control/replica_starts.hpp"

#include <string>
#include <utility>

#include "control/load_names.hpp"

namespace idlewatt {
namespace {

const PlacementPart& placement_of(const StartPart& part) {
  return part.replica->placement().parts[part.part];
}

}  // namespace

void ReplicaStarts::begin(HostedReplica& replica, Ticks now, Effects& effects) {
  Start& start = starting_[&replica];
  start = {};
  for (std::size_t part = 0; part < replica.placement().parts.size(); ++part) {
    start.processes.push_back(processes_->begin(StartPart{.replica = &replica, .part = part}, now, effects));
  }
  start.loading = start.processes.size();
}

void ReplicaStarts::begin_wake(HostedReplica& replica, Ticks now, Effects& effects) {
  starting_[&replica] = {{processes_->begin(WakeUp{.replica = &replica}, now, effects)}, 1};
}

void ReplicaStarts::cancel(const HostedReplica& replica, Effects& effects) {
  const auto start = starting_.find(&replica);
  if (start == starting_.end()) {
    return;
  }
  for (const ProcessId process : start->second.processes) {
    processes_->cancel(process, effects);
  }
  starting_.erase(start);
}

HostedReplica* ReplicaStarts::act(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  using Step = StartPart::Step;
  const PlacementPart& placement = placement_of(part);
  Fleet& fleet = cluster_->fleet();
  const FleetServer& server = fleet.server(placement.server);
  RunningPool& pool = part.replica->pool();
  switch (part.step) {
    case Step::begin:
      if (server.state() == ServerState::shutting_down) {
        part.step = Step::shut_down;
        effects.push_back(Wait{id, server.power_change_at});
        return nullptr;
      }
      [[fallthrough]];
    case Step::shut_down:
      fleet.end_shutdown(placement.server, now);
      if (server.state() == ServerState::off) {
        fleet.begin_boot(placement.server, now);
        part.step = Step::booted;
        effects.push_back(Boot{id, placement.server, server.power_change_at});
        return nullptr;
      }
      if (server.state() == ServerState::booting) {  // for another replica
        part.step = Step::booted;
        effects.push_back(Wait{id, server.power_change_at});
        return nullptr;
      }
      [[fallthrough]];
    case Step::booted:
      fleet.end_boot(placement.server, now);
      fleet.enter(placement, AcceleratorState::loading, pool.loading_power(), now);
      load_image(id, part, now, effects);
      return nullptr;
    case Step::image:
      load_kept_stages(id, part, now, effects);
      return nullptr;
    case Step::read:
      load_missing_stages(id, part, now, effects);
      return nullptr;
    case Step::weights:
      copy(id, part, now, effects);
      return nullptr;
    case Step::copied:
      if (--starting_.at(part.replica).loading > 0) {
        processes_->end(id);  // the last one starts the engine
        return nullptr;
      }
      part.step = Step::engine;
      effects.push_back(Wait{id, now + to_ticks(pool.replicas().load_times().engine_start_s())});
      return nullptr;
    case Step::engine:
      break;
  }
  HostedReplica* ready = part.replica;
  starting_.erase(ready);
  processes_->end(id);
  return ready;
}

void ReplicaStarts::load_image(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  const RunningPool& pool = part.replica->pool();
  const ServerId server = placement_of(part).server;
  if (cluster_->fleet().server(server).disk.contains(image_name(pool.settings()))) {
    load_kept_stages(id, part, now, effects);
    return;
  }
  part.step = StartPart::Step::image;
  effects.push_back(Fetch{id, server, pool.engine().image_bytes.value});
}

void ReplicaStarts::load_kept_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  const RunningPool& pool = part.replica->pool();
  const PlacementPart& placement = placement_of(part);
  const std::set<std::string>& disk = cluster_->fleet().server(placement.server).disk;
  for (std::int32_t stage = placement.first_stage; stage < placement.first_stage + placement.stages; ++stage) {
    if (std::string weights = weights_name(pool.settings(), stage); !disk.contains(weights)) {
      part.missing.insert(std::move(weights));
    }
  }
  const double kept = placement.stages - static_cast<double>(part.missing.size());
  if (kept > 0.0) {
    part.step = StartPart::Step::read;
    effects.push_back(ReadDisk{id, placement.server, kept * pool.replicas().load_times().group_bytes()});
  } else {
    load_missing_stages(id, part, now, effects);
  }
}

void ReplicaStarts::load_missing_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  if (part.missing.empty()) {
    copy(id, part, now, effects);
    return;
  }
  const double group_bytes = part.replica->pool().replicas().load_times().group_bytes();
  part.step = StartPart::Step::weights;
  effects.push_back(Fetch{id, placement_of(part).server, static_cast<double>(part.missing.size()) * group_bytes});
}

void ReplicaStarts::copy(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  const RunningPool& pool = part.replica->pool();
  std::set<std::string>& disk = cluster_->fleet().server(placement_of(part).server).disk;
  disk.insert(image_name(pool.settings()));
  disk.insert(part.missing.begin(), part.missing.end());
  part.step = StartPart::Step::copied;
  effects.push_back(Wait{id, now + to_ticks(pool.replicas().load_times().copy_s())});
}

HostedReplica* ReplicaStarts::act(ProcessId id, WakeUp& wake, Ticks now, Effects& effects) {
  HostedReplica& replica = *wake.replica;
  RunningPool& pool = replica.pool();
  if (!wake.begun) {
    wake.begun = true;
    pool.replicas().enter(replica, AcceleratorState::loading, pool.loading_power(), now);
    const Ticks takes =
        replica.weights_cached_on() ? times_->swap_in(pool) : to_ticks(pool.replicas().load_times().wake_s());
    effects.push_back(Wait{id, now + takes});
    return nullptr;
  }
  starting_.erase(&replica);
  processes_->end(id);
  return &replica;
}

}  // namespace idlewatt
