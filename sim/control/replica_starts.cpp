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

void ReplicaStarts::cancel(const HostedReplica& replica, Ticks now, Effects& effects) {
  const auto start = starting_.find(&replica);
  if (start == starting_.end()) {
    return;
  }
  for (const ProcessId process : start->second.processes) {
    pulls_.abandon(process, now, effects);
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
      part.step = Step::booted;
      fleet.end_boot(placement.server, now);
      pull_image(id, part, now, effects);
      return nullptr;
    case Step::image:
      part.step = Step::unpacked;
      effects.push_back(Wait{id, now + to_ticks(pool.engine().image_unpack_s.value)});
      return nullptr;
    case Step::unpacked:
      fleet.server(placement.server).disk.insert(image_name(pool.settings()));
      pulls_.end(placement.server, image_name(pool.settings()), now, effects);
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

void ReplicaStarts::pull_image(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  const RunningPool& pool = part.replica->pool();
  const PlacementPart& placement = placement_of(part);
  const std::string image = image_name(pool.settings());
  if (cluster_->fleet().server(placement.server).disk.has_image(image)) {
    load_kept_stages(id, part, now, effects);
    return;
  }
  // Until the engine's process has its context, the accelerators draw what empty ones draw.
  cluster_->fleet().enter(placement, AcceleratorState::loading, pool.empty_power(), now);
  if (pulls_.join(placement.server, image, id)) {
    part.step = StartPart::Step::image;
    effects.push_back(Fetch{id, placement.server, pool.engine().image_bytes.value});
  }
  // Otherwise the step stays `booted`: the end of the other start's pull lets this process look again.
}

void ReplicaStarts::load_kept_stages(ProcessId id, StartPart& part, Ticks now, Effects& effects) {
  const RunningPool& pool = part.replica->pool();
  const PlacementPart& placement = placement_of(part);
  cluster_->fleet().enter(placement, AcceleratorState::loading, pool.loading_power(), now);
  const ServerDisk& disk = cluster_->fleet().server(placement.server).disk;
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
  cluster_->fleet().server(placement_of(part).server).disk.insert(part.missing);
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
