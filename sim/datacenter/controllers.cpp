#include "datacenter/controllers.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "datacenter/actor_clock.hpp"
#include "datacenter/trace_forecast.hpp"
#include "policy/table.hpp"
#include "units/error.hpp"

namespace idlewatt {
namespace {

/// One look of the idle manager: acts on whatever is due, returns when something may be due next.
Ticks look_for_idle(const ControlRoom& room, PoolRuntime& pool, Ticks now) {
  IdlePolicy& policy = pool.idle_policy();
  // Whatever begins to idle after now is due no sooner than this.
  Ticks next = policy.shortest_wait() == kNever ? kNever : now + policy.shortest_wait();
  // By number: while an action creates its actor others of this instant run, and they may add replicas.
  for (std::size_t i = 0; i < pool.replicas().size(); ++i) {
    HostedReplica& replica = *pool.replicas()[i];
    if (replica.life() == Life::ready && replica.outstanding() == 0) {
      const IdleDecision decision = policy.replica_idle({.now = now, .idle_since = replica.idle_since()});
      if (decision.action != IdleAction::keep) {
        room.lifecycle.rest(replica, decision.action, now);
      } else {
        next = std::min(next, decision.wake_at);
      }
    }
  }
  for (std::size_t i = 0; i < room.cluster.fleet().servers().size(); ++i) {
    const FleetServer& server = room.cluster.fleet().servers()[i];
    if (server.state() == ServerState::on && server.awake == 0 && room.cluster.manager_of(server) == &pool) {
      const EmptyServerDecision decision = policy.server_empty({.now = now, .idle_since = server.empty_since});
      if (decision.power_off) {
        room.lifecycle.power_off(static_cast<std::int32_t>(i), now);
      } else {
        next = std::min(next, decision.wake_at);
      }
    }
  }
  return std::max(next, now + 1);
}

}  // namespace

void add_autoscaler(const ControlRoom& room, std::size_t pool_number) {
  PoolRuntime& pool = *room.cluster.pools()[pool_number];
  const auto table = autoscale_policies();
  const AutoscaleDeclaration* declaration = find(table, pool.settings().autoscaling.name);
  if (declaration == nullptr) {
    throw InputError("there is no autoscaling policy `" + pool.settings().autoscaling.name + "`");
  }
  const std::shared_ptr<AutoscalePolicy> policy = declaration->make(pool.settings().autoscaling.parameters);
  std::shared_ptr<TraceForecast> forecast;
  if (policy->needs_forecast()) {
    forecast =
        std::make_shared<TraceForecast>(room.scenario, static_cast<std::int32_t>(pool_number), pool.work_of_a_token());
  }
  const auto clock = std::make_shared<ActorClock>(room.site, room.clock, 0);
  act(room.site, "autoscaler " + pool.settings().name, clock, [room, &pool, policy, forecast](ActorClock& own) {
    const Ticks cold_start = room.lifecycle.cold_start(pool);
    while (own.now() < room.scenario.horizon) {
      room.cluster.settle(own.now());
      AutoscaleView view = pool.view(own.now());
      view.cold_start = cold_start;
      if (forecast) {
        forecast->forget_before(own.now());
        view.forecast = forecast.get();
      }
      const AutoscaleDecision decision = policy->decide(view);
      room.lifecycle.set_target(pool, decision.replicas, own.now());
      if (decision.wake_at == kNever) {
        return;
      }
      own.sleep_until(std::max(decision.wake_at, own.now() + 1));
    }
  });
}

void add_idle_manager(const ControlRoom& room, std::size_t pool_number) {
  PoolRuntime& pool = *room.cluster.pools()[pool_number];
  if (pool.idle_policy().shortest_wait() == kNever) {
    return;
  }
  const auto clock = std::make_shared<ActorClock>(room.site, room.clock, 0);
  act(room.site, "idle manager " + pool.settings().name, clock, [room, &pool](ActorClock& own) {
    while (own.now() < room.scenario.horizon) {
      room.cluster.settle(own.now());
      own.sleep_until(look_for_idle(room, pool, own.now()));
    }
  });
}

}  // namespace idlewatt
