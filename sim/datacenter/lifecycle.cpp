#include "datacenter/lifecycle.hpp"

#include <algorithm>
#include <utility>

#include "datacenter/load_names.hpp"

namespace idlewatt {
namespace {

double weight_bytes(const PoolRuntime& pool) {
  return pool.model().weight_bytes(pool.settings().precision);
}

/// Host memory to the accelerators, all of a replica's at once, each its share.
double copy_s(const PoolRuntime& pool, const Server& server) {
  const double bytes_per_s =
      std::min(server.host_to_accelerator_bytes_per_s.value, pool.engine().load_bytes_per_s.value);
  return weight_bytes(pool) / pool.settings().tensor_parallel / bytes_per_s;
}

double engine_start_s(const PoolRuntime& pool) {
  return pool.engine().start_s.value + pool.engine().start_s_per_billion.value * pool.model().parameters.value / 1e9;
}

Power loading_power(const PoolRuntime& pool) {
  return Power::from_w(pool.accelerator().loading_w.value);
}
Power empty_power(const PoolRuntime& pool) {
  return Power::from_w(pool.accelerator().idle_empty_w.value);
}

}  // namespace

Lifecycle::Lifecycle(SimulatedSite& site, ControlClock& clock, Cluster& cluster)
    : site_(&site), clock_(&clock), cluster_(&cluster) {
  for (const auto& pool : cluster.pools()) {
    pool->on_wake_wanted([this](PoolRuntime& wanting, Ticks now) { wake_one(wanting, now); });
  }
}

Ticks Lifecycle::cold_start(const PoolRuntime& pool) const {
  for (const FleetServer& server : cluster_->fleet().servers()) {
    if (server.type->name == pool.settings().server) {
      const FleetRack& rack = cluster_->fleet().racks()[static_cast<std::size_t>(server.rack)];
      const double network_bytes_per_s =
          std::min({cluster_->store_bytes_per_s(), rack.uplink_bytes_per_s, server.type->nic_bytes_per_s.value});
      const double load_s = std::max((pool.engine().image_bytes.value + weight_bytes(pool)) / network_bytes_per_s,
                                     weight_bytes(pool) / server.type->disk_bytes_per_s.value);
      const double boot_s = server.rented ? server.type->provision_s.value : server.type->boot_s.value;
      return to_ticks((cluster_->manager_of(server)->idle_policy().starts_off() ? boot_s : 0.0) + load_s +
                      copy_s(pool, *server.type) + engine_start_s(pool));
    }
  }
  return 0;
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
  for (const auto& pool : cluster_->pools()) {
    // By number: while an actor is created others of this instant run, and they may add replicas.
    for (std::size_t i = 0; i < pool->replicas().size(); ++i) {
      HostedReplica& replica = *pool->replicas()[i];
      if (replica.life() == Life::pending && pool->place(replica, now)) {
        begin_start(replica, now, &Lifecycle::start_body);
      }
    }
  }
}

void Lifecycle::begin_start(HostedReplica& replica, Ticks now, StartBody body) {
  const Clock clock = clock_at(now);
  starting_[&replica].clock = clock;
  ActorHandle actor =
      act(*site_, "start", clock, [this, &replica, body](ActorClock& own) { (this->*body)(replica, own); });
  // While the actor was created others of this instant ran: it may have been cancelled, or have ended.
  if (clock->retired()) {
    actor.kill();
  } else {
    starting_.at(&replica).actor = std::move(actor);
  }
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
  start.clock->retire();
  const std::int32_t server = replica.placement().server;
  replica.pool().remove(replica, now);
  if (cluster_->fleet().server(server).state() == ServerState::booting && cluster_->fleet().server(server).awake == 0) {
    cluster_->fleet().cut_power(server, now);
  }
  start.actor.kill();  // last, for others run meanwhile; it wakes an actor that waits
}

void Lifecycle::drain(HostedReplica& replica, Ticks now) {
  replica.pool().set_life(replica, Life::draining, now);
  act(*site_, "drain", clock_at(now), [this, &replica](ActorClock& clock) { drain_body(replica, clock); });
}

void Lifecycle::rest(HostedReplica& replica, IdleAction action, Ticks now) {
  const Life becomes = action == IdleAction::sleep ? Life::asleep : Life::unloaded;
  replica.pool().set_life(replica, Life::resting, now);
  act(*site_, "rest", clock_at(now), [this, &replica, becomes](ActorClock& clock) {
    PoolRuntime& pool = replica.pool();
    clock.sleep_until(clock.now() + to_ticks(pool.engine().stop_s.value));
    cluster_->settle(clock.now());
    pool.enter(replica, AcceleratorState::idle_empty, empty_power(pool), clock.now());
    pool.set_life(replica, becomes, clock.now());
    if (pool.starved()) {
      wake_one(pool, clock.now());
    }
  });
}

void Lifecycle::wake_one(PoolRuntime& pool, Ticks now) {
  for (const Life life : {Life::asleep, Life::unloaded}) {
    for (const auto& replica : pool.replicas()) {
      if (replica->life() == life) {
        pool.set_life(*replica, Life::starting, now);
        begin_start(*replica, now, life == Life::asleep ? &Lifecycle::wake_body : &Lifecycle::start_body);
        return;
      }
    }
  }
}

void Lifecycle::power_off(std::int32_t server, Ticks now) {
  Fleet& fleet = cluster_->fleet();
  // What sleeps in host memory does not outlive its server.
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (replica->life() == Life::asleep && replica->placement().server == server) {
        pool->set_life(*replica, Life::unloaded, now);
      }
    }
  }
  fleet.begin_shutdown(server, now);
  act(*site_, "shutdown", clock_at(now), [this, server](ActorClock& clock) {
    clock.sleep_until(cluster_->fleet().server(server).power_change_at);
    cluster_->fleet().end_shutdown(server, clock.now());
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

void Lifecycle::load(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  const std::int32_t number = replica.placement().server;
  const std::string image = image_name(pool.settings());
  const std::string weights = weights_name(pool.settings());
  if (!cluster_->fleet().server(number).disk.contains(image)) {
    clock.transfer([&](SimulatedSite& site) { site.fetch_from_store(number, pool.engine().image_bytes.value); });
  }
  if (cluster_->fleet().server(number).disk.contains(weights)) {
    clock.transfer([&](SimulatedSite& site) { site.read_disk(number, weight_bytes(pool)); });
  } else {
    clock.transfer([&](SimulatedSite& site) { site.fetch_from_store(number, weight_bytes(pool)); });
  }
  cluster_->fleet().server(number).disk.insert({image, weights});
  clock.sleep_until(clock.now() + to_ticks(copy_s(pool, *cluster_->fleet().server(number).type)));
}

void Lifecycle::start_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  power_on(replica.placement().server, clock);
  pool.enter(replica, AcceleratorState::loading, loading_power(pool), clock.now());
  load(replica, clock);
  clock.sleep_until(clock.now() + to_ticks(engine_start_s(pool)));
  cluster_->settle(clock.now());
  starting_.erase(&replica);
  pool.become_ready(replica, clock.now());
}

void Lifecycle::wake_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  const FleetServer& server = cluster_->fleet().server(replica.placement().server);
  pool.enter(replica, AcceleratorState::loading, loading_power(pool), clock.now());
  clock.sleep_until(clock.now() + to_ticks(copy_s(pool, *server.type) + pool.engine().wake_s.value));
  cluster_->settle(clock.now());
  starting_.erase(&replica);
  pool.become_ready(replica, clock.now());
}

void Lifecycle::drain_body(HostedReplica& replica, ActorClock& clock) {
  PoolRuntime& pool = replica.pool();
  for (;;) {
    cluster_->settle(clock.now());
    if (replica.outstanding() == 0) {
      break;
    }
    clock.sleep_until(std::max(time_of(replica.serving().next_change()), clock.now() + 1));
  }
  pool.set_life(replica, Life::stopping, clock.now());
  clock.sleep_until(clock.now() + to_ticks(pool.engine().stop_s.value));
  cluster_->settle(clock.now());
  pool.remove(replica, clock.now());
  place_pending(clock.now());
}

}  // namespace idlewatt
