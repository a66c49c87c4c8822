#include "datacenter/lifecycle.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "datacenter/load_names.hpp"
#include "datacenter/load_times.hpp"
#include "scenario/chosen_policy.hpp"
#include "scenario/swapping.hpp"

namespace idlewatt {
namespace {

Power loading_power(const PoolRuntime& pool) {
  return Power::from_w(pool.accelerator().loading_w.value);
}
Power empty_power(const PoolRuntime& pool) {
  return Power::from_w(pool.accelerator().idle_empty_w.value);
}

}  // namespace

Lifecycle::Lifecycle(SimulatedSite& site, ControlClock& clock, Cluster& cluster, const Scenario& scenario)
    : site_(&site), clock_(&clock), cluster_(&cluster) {
  if (cluster.fleet().has_budgets()) {
    power_ = chosen_power(scenario.power).make(scenario.power.parameters);
  }
  if (swaps(scenario)) {
    swap_ = chosen_of(swap_policies(), scenario.swapping).make(scenario.swapping.parameters);
  }
  for (const auto& pool : cluster.pools()) {
    pool->on_wake_wanted([this](PoolRuntime& wanting, Ticks now) { wake_one(wanting, now); });
    pool->on_drained([this](HostedReplica& replica, Ticks now) { go_on_draining(replica, now); });
  }
}

double Lifecycle::shared_bytes_per_s(const FleetServer& server) const {
  const FleetRack& rack = cluster_->fleet().racks()[static_cast<std::size_t>(server.rack)];
  return std::min(cluster_->store_bytes_per_s(), rack.uplink_bytes_per_s);
}

Ticks Lifecycle::cold_start(const PoolRuntime& pool) const {
  const LoadTimes& times = pool.load_times();
  for (const FleetServer& server : cluster_->fleet().servers()) {
    if (server.type->name == pool.settings().server) {
      const double load_s = std::max(times.fetch_s(shared_bytes_per_s(server)), times.read_s());
      const double boot_s = cluster_->manager_of(server)->idle_policy().starts_off() ? server.boot_s() : 0.0;
      return to_ticks(boot_s + load_s + times.copy_s() + times.engine_start_s());
    }
  }
  return 0;
}

Ticks Lifecycle::time_to_wake(const HostedReplica& replica, Ticks now) const {
  const LoadTimes& times = replica.pool().load_times();
  if (replica.life() == Life::asleep) {
    return to_ticks(times.copy_s() + replica.pool().engine().wake_s.value);
  }
  if (replica.life() == Life::away) {  // and as soon as it has accelerators
    return replica.sleeps_on() != HostedReplica::kNowhere ? swap_in_time(replica.pool()) : cold_start(replica.pool());
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
    load_s = std::max(load_s, stays ? times.read_s() : times.fetch_s(shared_bytes_per_s(server)));
  }
  return powered + to_ticks(load_s + times.copy_s() + times.engine_start_s());
}

// ---- Decisions ----

void Lifecycle::set_target(PoolRuntime& pool, std::int32_t target, Ticks now) {
  const std::int32_t wanted = std::clamp(target, pool.settings().replicas.minimum, pool.settings().replicas.maximum);
  pool.set_target(wanted, now);
  while (pool.members() > wanted && remove_one(pool, now)) {
  }
  while (pool.members() < pool.target()) {
    pool.add_pending(now);
  }
  place_pending(now);
  if (pool.starved()) {  // the start that they waited for was cancelled
    wake_one(pool, now);
  }
}

void Lifecycle::place_pending(Ticks now) {
  if (power_) {
    serve_waiting(now);
  } else {
    place_all(now);
  }
  if (swap_) {
    serve_swaps(now);
  }
}

void Lifecycle::place_all(Ticks now) {
  for (const auto& pool : cluster_->pools()) {
    if (pool->swapped()) {
      continue;
    }
    // By number: while an actor is created others of this instant run, and they may add replicas.
    for (std::size_t i = 0; i < pool->replicas().size(); ++i) {
      HostedReplica& replica = *pool->replicas()[i];
      if (replica.life() == Life::pending && pool->place(replica, now)) {
        begin_start(replica, now);
      }
    }
  }
}

void Lifecycle::begin(HostedReplica& replica, Ticks now, const std::vector<StartBody>& bodies) {
  std::vector<Clock> clocks;
  while (clocks.size() < bodies.size()) {
    clocks.push_back(clock_at(now));
  }
  Start& start = starting_[&replica];
  start.clocks = clocks;
  start.actors.resize(bodies.size());
  start.loading = bodies.size();
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    // While an actor is created others of this instant run: all of it may be cancelled, or have ended.
    if (clocks[i]->retired()) {
      continue;
    }
    ActorHandle actor = act(*site_, "start", clocks[i], bodies[i]);
    if (clocks[i]->retired()) {
      actor.kill();
    } else {
      starting_.at(&replica).actors[i] = std::move(actor);
    }
  }
}

void Lifecycle::begin_start(HostedReplica& replica, Ticks now) {
  std::vector<StartBody> bodies;
  for (std::size_t part = 0; part < replica.placement().parts.size(); ++part) {
    bodies.emplace_back([this, &replica, part](ActorClock& own) { start_body(replica, part, own); });
  }
  begin(replica, now, bodies);
}

void Lifecycle::begin_wake(HostedReplica& replica, Ticks now) {
  begin(replica, now, {[this, &replica](ActorClock& own) { wake_body(replica, own); }});
}

bool Lifecycle::remove_one(PoolRuntime& pool, Ticks now) {
  // The latest of a kind goes first.
  const auto last = [&pool](auto&& matches) -> HostedReplica* {
    const auto& replicas = pool.replicas();
    const auto found =
        std::find_if(replicas.rbegin(), replicas.rend(), [&](const auto& r) { return matches(r->life()); });
    return found == replicas.rend() ? nullptr : found->get();
  };
  if (HostedReplica* pending = last([](Life life) { return life == Life::pending; })) {
    drop_claim(*pending);
    pool.remove(*pending, now);
  } else if (HostedReplica* starting = last([](Life life) { return life == Life::starting; })) {
    cancel_start(*starting, now);
  } else if (HostedReplica* sleeping = last(can_be_woken)) {
    pool.remove(*sleeping, now);
  } else if (HostedReplica* ready = pool.to_drain()) {
    drain(*ready, now);
  } else {
    return false;
  }
  return true;
}

void Lifecycle::cancel_start(HostedReplica& replica, Ticks now) {
  Start start = std::move(starting_.at(&replica));
  starting_.erase(&replica);
  for (const Clock& clock : start.clocks) {
    clock->retire();
  }
  const Placement placement = replica.placement();
  replica.pool().remove(replica, now);
  for (const PlacementPart& part : placement.parts) {
    const FleetServer& server = cluster_->fleet().server(part.server);
    if (server.state() == ServerState::booting && server.awake == 0) {
      cluster_->fleet().cut_power(part.server, now);
    }
  }
  for (ActorHandle& actor : start.actors) {
    actor.kill();  // last, for others run meanwhile; it wakes an actor that waits
  }
}

void Lifecycle::drain(HostedReplica& replica, Ticks now) {
  replica.pool().set_life(replica, Life::draining, now);
  begin_draining(replica, now);
}

void Lifecycle::go_on_draining(HostedReplica& replica, Ticks now) {
  const auto leaving = leaving_.find(&replica);
  if (replica.life() == Life::draining && leaving != leaving_.end() && leaving->second->retired()) {
    begin_draining(replica, now);
  }
}

void Lifecycle::begin_draining(HostedReplica& replica, Ticks now) {
  const Clock clock = clock_at(now);
  leaving_[&replica] = clock;
  act(*site_, "drain", clock, [this, &replica](ActorClock& own) { drain_body(replica, own); });
}

void Lifecycle::rest(HostedReplica& replica, IdleAction action, Ticks now) {
  if (action == IdleAction::park || action == IdleAction::park_deep) {
    replica.pool().park(replica, action, now);
    return;
  }
  const Life becomes = action == IdleAction::sleep ? Life::asleep : Life::unloaded;
  replica.pool().set_life(replica, Life::resting, now);
  const Clock own = clock_at(now);
  leaving_[&replica] = own;
  act(*site_, "rest", own, [this, &replica, becomes](ActorClock& clock) {
    PoolRuntime& pool = replica.pool();
    clock.sleep_until(clock.now() + to_ticks(pool.engine().stop_s.value));
    cluster_->settle(clock.now());
    leaving_.erase(&replica);
    pool.enter(replica, AcceleratorState::idle_empty, empty_power(pool), clock.now());
    pool.set_life(replica, becomes, clock.now());
    if (pool.starved()) {
      wake_one(pool, clock.now());
    }
    power_freed(clock.now());
    if (swap_) {  // it is easily pushed out now
      serve_swaps(clock.now());
    }
  });
}

void Lifecycle::power_freed(Ticks now) {
  if (power_) {
    place_pending(now);
  }
}

void Lifecycle::wake_one(PoolRuntime& pool, Ticks now) {
  if (power_ && pool.count(Life::asleep) + pool.count(Life::unloaded) > 0) {
    pool.want_wake(pool.wake_wanted().value_or(now));
    serve_waiting(now);
    return;
  }
  for (const Life life : {Life::asleep, Life::unloaded, Life::away}) {
    for (const auto& replica : pool.replicas()) {
      if (replica->life() == life) {
        wake(*replica, now);
        return;
      }
    }
  }
}

void Lifecycle::wake(HostedReplica& replica, Ticks now) {
  if (replica.life() == Life::away) {
    replica.pool().set_life(replica, Life::pending, now);
    place_pending(now);
    return;
  }
  if (power_ && !replica.pool().has_power(replica.placement())) {
    return;
  }
  const bool asleep = replica.life() == Life::asleep;
  replica.pool().set_life(replica, Life::starting, now);
  if (asleep) {
    begin_wake(replica, now);
  } else {
    begin_start(replica, now);
  }
}

void Lifecycle::power_off(std::int32_t server, Ticks now) {
  Fleet& fleet = cluster_->fleet();
  // What sleeps in host memory does not outlive its server; of a replica on several, none is of use without the rest.
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (replica->life() == Life::asleep && replica->placement().is_on(server)) {
        pool->set_life(*replica, Life::unloaded, now);
      }
    }
  }
  forget_sleepers(server);
  fleet.begin_shutdown(server, now);
  power_freed(now);
  act(*site_, "shutdown", clock_at(now), [this, server](ActorClock& clock) {
    clock.sleep_until(cluster_->fleet().server(server).power_change_at);
    cluster_->fleet().end_shutdown(server, clock.now());
    power_freed(clock.now());
  });
}

// ---- What actors do ----

void Lifecycle::power_on(std::int32_t server, ActorClock& clock) {
  Fleet& fleet = cluster_->fleet();
  if (fleet.server(server).state() == ServerState::shutting_down) {
    clock.sleep_until(fleet.server(server).power_change_at);
    fleet.end_shutdown(server, clock.now());
  }
  if (fleet.server(server).state() == ServerState::off) {
    fleet.begin_boot(server, clock.now());
  }
  if (fleet.server(server).state() == ServerState::booting) {
    clock.sleep_until(fleet.server(server).power_change_at);
    fleet.end_boot(server, clock.now());
  }
}

void Lifecycle::load(const PoolRuntime& pool, const PlacementPart& part, ActorClock& clock) {
  std::set<std::string>& disk = cluster_->fleet().server(part.server).disk;
  const std::string image = image_name(pool.settings());
  if (!disk.contains(image)) {
    clock.transfer([&](SimulatedSite& site) { site.fetch_from_store(part.server, pool.engine().image_bytes.value); });
  }
  std::set<std::string> missing;
  for (std::int32_t stage = part.first_stage; stage < part.first_stage + part.stages; ++stage) {
    if (const std::string weights = weights_name(pool.settings(), stage); !disk.contains(weights)) {
      missing.insert(weights);
    }
  }
  const auto fetched = static_cast<double>(missing.size());
  if (const double kept = part.stages - fetched; kept > 0.0) {
    clock.transfer([&](SimulatedSite& site) { site.read_disk(part.server, kept * pool.load_times().stage_bytes()); });
  }
  if (fetched > 0.0) {
    clock.transfer(
        [&](SimulatedSite& site) { site.fetch_from_store(part.server, fetched * pool.load_times().stage_bytes()); });
  }
  disk.insert(image);
  disk.insert(missing.begin(), missing.end());
  clock.sleep_until(clock.now() + to_ticks(pool.load_times().copy_s()));
}

void Lifecycle::start_body(HostedReplica& replica, std::size_t part_number, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  const PlacementPart part = replica.placement().parts[part_number];
  power_on(part.server, clock);
  cluster_->fleet().enter(part, AcceleratorState::loading, loading_power(pool), clock.now());
  load(pool, part, clock);
  if (--starting_.at(&replica).loading > 0) {
    return;  // the last one starts the engine
  }
  clock.sleep_until(clock.now() + to_ticks(pool.load_times().engine_start_s()));
  end_start(replica, clock.now());
}

void Lifecycle::wake_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  pool.enter(replica, AcceleratorState::loading, loading_power(pool), clock.now());
  const bool swapped_in = replica.sleeps_on() != HostedReplica::kNowhere;
  clock.sleep_until(clock.now() + (swapped_in ? swap_in_time(pool)
                                              : to_ticks(pool.load_times().copy_s() + pool.engine().wake_s.value)));
  end_start(replica, clock.now());
}

void Lifecycle::end_start(HostedReplica& replica, Ticks now) {
  cluster_->settle(now);
  starting_.erase(&replica);
  replica.pool().become_ready(replica, now);
  if (swap_) {  // if it turns out to be idle, somebody may want its accelerators
    watch_swaps(now);
  }
}

void Lifecycle::drain_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  for (;;) {
    cluster_->settle(clock.now());
    if (replica.empty()) {
      break;
    }
    if (replica.serving().next_change() == kNoChange) {
      return;  // KV caches are on their way to it or from it: go_on_draining()
    }
    clock.sleep_until(std::max(time_of(replica.serving().next_change()), clock.now() + 1));
  }
  pool.set_life(replica, Life::stopping, clock.now());
  clock.sleep_until(clock.now() + to_ticks(pool.engine().stop_s.value));
  cluster_->settle(clock.now());
  leaving_.erase(&replica);
  pool.remove(replica, clock.now());
  place_pending(clock.now());
}

}  // namespace idlewatt
