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
    if (replica.life() == Life::ready && !replica.parked() && replica.outstanding() == 0) {
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

/// A pool's autoscaling policy at work; its actor asks it in time, and the pool when a query finds no replica.
class Autoscaler {
 public:
  Autoscaler(const ControlRoom& room, std::size_t pool, const AutoscaleDeclaration& declaration)
      : room_(room),
        pool_(room.cluster.pools()[pool].get()),
        policy_(declaration.make(pool_->settings().autoscaling.parameters)),
        cold_start_(room.lifecycle.cold_start(*pool_)) {
    if (policy_->needs_forecast()) {
      forecast_ =
          std::make_unique<TraceForecast>(room.scenario, static_cast<std::int32_t>(pool), pool_->work_of_a_token());
    }
  }

  const AutoscalePolicy& policy() const { return *policy_; }

  /// Asks the policy and carries out what it says; the cluster has been settled up to `now`. Returns when to ask again.
  Ticks decide(Ticks now) {
    AutoscaleView view = pool_->view(now);
    view.start_unix_s = room_.scenario.start_unix_s;
    view.cold_start = cold_start_;
    if (forecast_) {
      forecast_->forget_before(now);
      view.forecast = forecast_.get();
    }
    const AutoscaleDecision decision = policy_->decide(view);
    room_.lifecycle.set_target(*pool_, decision.replicas, now);
    return decision.wake_at;
  }

 private:
  ControlRoom room_;
  PoolRuntime* pool_;
  std::unique_ptr<AutoscalePolicy> policy_;
  Ticks cold_start_;
  std::unique_ptr<TraceForecast> forecast_;
};

}  // namespace

void add_autoscaler(const ControlRoom& room, std::size_t pool_number) {
  PoolRuntime& pool = *room.cluster.pools()[pool_number];
  const auto table = autoscale_policies();
  const AutoscaleDeclaration* declaration = find(table, pool.settings().autoscaling.name);
  if (declaration == nullptr) {
    throw InputError("there is no autoscaling policy `" + pool.settings().autoscaling.name + "`");
  }
  const auto scaler = std::make_shared<Autoscaler>(room, pool_number, *declaration);
  const AtZero at_zero = scaler->policy().at_zero();
  if (at_zero == AtZero::holds) {
    pool.on_demand([](PoolRuntime&, Ticks) {});
  } else if (at_zero == AtZero::activates) {
    pool.on_demand([scaler](PoolRuntime&, Ticks now) { scaler->decide(now); });
  }
  const auto clock = std::make_shared<ActorClock>(room.site, room.clock, 0);
  act(room.site, "autoscaler " + pool.settings().name, clock, [room, scaler](ActorClock& own) {
    while (own.now() < room.scenario.horizon) {
      room.cluster.settle(own.now());
      const Ticks wake_at = scaler->decide(own.now());
      if (wake_at == kNever) {
        return;
      }
      own.sleep_until(std::max(wake_at, own.now() + 1));
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
