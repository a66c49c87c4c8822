// What becomes of replicas when their servers or accelerators fail, and when those come back.
#include <algorithm>
#include <utility>

#include "datacenter/lifecycle.hpp"

namespace idlewatt {

/// Takes a replica out of the world at once, whatever it does; what it had outstanding goes to `losses`.
void Lifecycle::lose(HostedReplica& replica, Losses& losses, Ticks now) {
  if (const auto start = starting_.find(&replica); start != starting_.end()) {
    for (const Clock& clock : start->second.clocks) {
      clock->retire();
    }
    for (ActorHandle& actor : start->second.actors) {
      losses.actors.push_back(std::move(actor));
    }
    starting_.erase(start);
  }
  if (const auto leaving = leaving_.find(&replica); leaving != leaving_.end()) {
    leaving->second->retire();
    leaving_.erase(leaving);
  }
  PoolRuntime& pool = replica.pool();
  const Placement placement = replica.placement();
  std::vector<Finished> requests = pool.lose(replica, now);
  for (const PlacementPart& part : placement.parts) {
    const FleetServer& server = cluster_->fleet().server(part.server);
    if (server.state() == ServerState::booting && server.awake == 0) {
      cluster_->fleet().cut_power(part.server, now);
    }
  }
  losses.requests.push_back({&pool, std::move(requests)});
  if (KvTransfers* transfers = cluster_->transfers()) {
    for (KvTransfers::Lost& held : transfers->lose_source(replica, now)) {
      losses.requests.push_back({held.pool, std::move(held.requests)});
    }
  }
}

/// Starts others in the place of lost replicas, and says what becomes of their requests.
void Lifecycle::make_up_for(Losses&& losses, Ticks now) {
  for (const auto& pool : cluster_->pools()) {
    while (pool->members() < pool->target()) {
      pool->add_pending(now);
    }
  }
  for (auto& [pool, requests] : losses.requests) {
    pool->end_lost(std::move(requests), cluster_->retries_lost_requests(), now);
  }
  place_pending(now);
  for (const auto& pool : cluster_->pools()) {
    if (pool->starved()) {
      wake_one(*pool, now);
    }
  }
  for (ActorHandle& actor : losses.actors) {
    actor.kill();  // last, for others run meanwhile
  }
}

template <class IsLost>
void Lifecycle::lose_all(IsLost is_lost, Losses& losses, Ticks now) {
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (is_lost(replica->placement())) {
        lose(*replica, losses, now);
      }
    }
  }
}

void Lifecycle::lose_server(std::int32_t server, bool announced, Ticks now) {
  FleetServer& lost = cluster_->fleet().server(server);
  lost.cleared -= announced ? 1 : 0;
  if (lost.down++ > 0) {
    return;
  }
  cluster_->count_fault();
  Losses losses;
  lose_all([server](const Placement& placement) { return placement.is_on(server); }, losses, now);
  forget_sleepers(server);
  cluster_->fleet().fail(server, now);
  make_up_for(std::move(losses), now);
}

void Lifecycle::regain_server(std::int32_t server, Ticks now) {
  FleetServer& regained = cluster_->fleet().server(server);
  if (--regained.down > 0) {
    return;
  }
  cluster_->fleet().repair(server, now);
  PoolRuntime* manager = cluster_->manager_of(regained);
  if (manager == nullptr || !manager->idle_policy().starts_off()) {
    act(*site_, "reboot", clock_at(now), [this, server](ActorClock& clock) {
      Fleet& fleet = cluster_->fleet();
      const FleetServer& rebooted = fleet.server(server);
      // Without power for it, it boots when a replica starts on it.
      if (rebooted.state() == ServerState::off && rebooted.available() &&
          fleet.headroom_w(rebooted.rack) >= fleet.start_w(server, Power{})) {
        power_on(server, clock);
      }
    });
  }
  place_pending(now);
}

void Lifecycle::lose_accelerator(std::int32_t server, std::int32_t accelerator, Ticks now) {
  AcceleratorSlot& slot = cluster_->fleet().slot(server, accelerator);
  if (slot.down++ > 0) {
    return;
  }
  cluster_->count_fault();
  Losses losses;
  lose_all(
      [&](const Placement& placement) {
        return std::any_of(placement.parts.begin(), placement.parts.end(), [&](const PlacementPart& part) {
          return part.server == server &&
                 std::find(part.accelerators.begin(), part.accelerators.end(), accelerator) != part.accelerators.end();
        });
      },
      losses, now);
  slot.account.enter(AcceleratorState::failed, Power{}, now);
  make_up_for(std::move(losses), now);
}

void Lifecycle::regain_accelerator(std::int32_t server, std::int32_t accelerator, Ticks now) {
  AcceleratorSlot& slot = cluster_->fleet().slot(server, accelerator);
  if (--slot.down == 0) {
    cluster_->fleet().regain(server, accelerator, now);
    place_pending(now);
  }
}

void Lifecycle::slow_server(std::int32_t server, double factor, bool begins, Ticks now) {
  FleetServer& slowed = cluster_->fleet().server(server);
  if (begins) {
    slowed.slow.insert(factor);
  } else {
    slowed.slow.erase(slowed.slow.find(factor));
  }
  for (const auto& pool : cluster_->pools()) {
    for (const auto& replica : pool->replicas()) {
      if (replica->placement().is_on(server)) {
        pool->set_pace(*replica, now);
      }
    }
  }
}

void Lifecycle::clear_server(std::int32_t server, Ticks now) {
  FleetServer& cleared = cluster_->fleet().server(server);
  if (cleared.cleared++ > 0 || cleared.down > 0) {
    return;
  }
  // What is on its way up there is of no use; what is ready ends what it has.
  Losses losses;
  for (const auto& pool : cluster_->pools()) {
    for (std::size_t i = 0; i < pool->replicas().size(); ++i) {
      HostedReplica& replica = *pool->replicas()[i];
      if (!replica.placement().is_on(server)) {
        continue;
      }
      if (replica.life() == Life::starting || can_be_woken(replica.life()) || replica.life() == Life::resting) {
        lose(replica, losses, now);
      } else if (replica.life() == Life::ready) {
        drain(replica, now);
      }
    }
  }
  make_up_for(std::move(losses), now);
}

}  // namespace idlewatt
