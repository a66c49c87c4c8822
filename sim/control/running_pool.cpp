#include "control/running_pool.hpp"

#include <set>
#include <string>

#include "control/load_names.hpp"
#include "control/rest_costs.hpp"
#include "scenario/policy/chosen_policy.hpp"
#include "scenario/pool/swapping.hpp"

namespace idlewatt {
namespace {

PoolMeterFigures meter_figures(const Scenario& scenario, const Pool& pool, std::int32_t batch_slots) {
  return {.batch_slots = batch_slots,
          .accelerators = pool.accelerators_per_replica(),
          .busy_static = Power::from_w(scenario.catalog->accelerators.at(pool.accelerator).busy_static_w.value),
          .overhead_per_accelerator_w = scenario.catalog->servers.at(pool.server).overhead_per_accelerator_w.value};
}

}  // namespace

RunningPool::RunningPool(const Scenario& scenario, PoolId id, Fleet& fleet, RequestLog& log, ReplicaEventQueue& events,
                         FleetLowerBound& bound)
    : id_(id),
      settings_(&scenario.pools[id]),
      accelerator_(&scenario.catalog->accelerators.at(settings_->accelerator)),
      engine_(&scenario.catalog->engines.at(settings_->engine)),
      swapped_(swaps(scenario, *settings_)),
      specs_(*settings_, *scenario.catalog, scenario.racks),
      meter_(meter_figures(scenario, *settings_, specs_.batch_slots())),
      routes_(chosen_routing(settings_->routing).make(settings_->routing.parameters),
              RandomStream(scenario.seed, "routing/" + settings_->name)),
      idle_(chosen_idle(settings_->idle).make(settings_->idle.parameters)),
      replicas_({*this, id, *settings_, *scenario.catalog, fleet, events, specs_, meter_, routes_}),
      requests_(*this, scenario, log, bound),
      fleet_(&fleet) {
  const double overhead = scenario.catalog->servers.at(settings_->server).overhead_per_accelerator_w.value;
  bound.add_pool(specs_.physics().floor(), specs_.batch_slots(),
                 settings_->accelerators_per_replica() * (1.0 + overhead));
  idle_->begin(rest_costs(scenario, *settings_));
}

void RunningPool::start() {
  replicas_.set_target(settings_->replicas.start, 0);
  for (std::int32_t i = 0; i < replicas_.target(); ++i) {
    HostedReplica& replica = replicas_.add_pending(0);
    if (const std::optional<Placement> placement = replicas_.placer().find_place()) {
      replicas_.take(replica, *placement, 0);
      // What runs at time 0 was loaded before.
      for (const PlacementPart& part : placement->parts) {
        ServerDisk& disk = fleet_->server(part.server).disk;
        disk.insert(image_name(*settings_));
        for (std::int32_t stage = part.first_stage; stage < part.first_stage + part.stages; ++stage) {
          disk.insert(weights_name(*settings_, stage));
        }
      }
      replicas_.become_ready(replica, 0);
    } else if (swapped_) {
      replicas_.set_state(replica, ReplicaState::swapped_out, 0);
    }
  }
  meter_.forget_cold_starts();
}

TokenWork RunningPool::work_of_a_token() const {
  TokenWork work = token_work(specs_.physics(), specs_.batch_slots());
  work.prompt_s = settings_->role == PoolRole::decode ? 0.0 : work.prompt_s;
  work.output_s = settings_->role == PoolRole::prefill ? 0.0 : work.output_s;
  return work;
}

void RunningPool::close_bin(Ticks now, PoolCounts& before, PoolBin& bin) {
  replicas_.report(now);
  const auto in = [&bin](ReplicaActivity activity) -> std::int32_t& { return bin.replicas[activity]; };
  in(ReplicaActivity::pending) = replicas_.count(ReplicaState::pending);
  in(ReplicaActivity::starting) = replicas_.count(ReplicaState::starting);
  in(ReplicaActivity::draining) = replicas_.count(ReplicaState::draining) + replicas_.count(ReplicaState::stopping) +
                                  replicas_.count(ReplicaState::draining_for_swap);
  in(ReplicaActivity::sleeping) = replicas_.count(ReplicaState::going_to_sleep) +
                                  replicas_.count(ReplicaState::asleep) + replicas_.count(ReplicaState::unloaded) +
                                  replicas_.count(ReplicaState::swapped_out);
  bin.queue_length = requests_.unrouted();
  for (const auto& replica : replicas_.all()) {
    bin.queue_length += replica->serving().waiting();
    bin.running_sequences += replica->serving().running();
    if (replica->state() == ReplicaState::ready) {
      ++in(replica->outstanding() > 0 ? ReplicaActivity::busy : ReplicaActivity::idle);
    }
  }
  const PoolCounts counts = meter_.counts() - before;
  before = meter_.counts();
  bin.arrivals = counts.arrivals;
  bin.completions = counts.completions;
  bin.rejections = counts.rejections;
  bin.timeouts = counts.timeouts;
  bin.prompt_tokens = counts.prompt_tokens;
  bin.output_tokens = counts.output_tokens;
}

PoolBook RunningPool::book(Ticks now) {
  replicas_.report(now);
  return meter_.book(now);
}

}  // namespace idlewatt
