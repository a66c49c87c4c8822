#include "datacenter/controllers.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "datacenter/actor_clock.hpp"
#include "datacenter/trace_forecast.hpp"
#include "scenario/chosen_policy.hpp"

namespace idlewatt {
namespace {

/// A pool's idle policy at work.
class IdleManager {
 public:
  IdleManager(const ControlRoom& room, std::size_t pool)
      : room_(room), pool_(room.cluster.pools()[pool].get()), policy_(&pool_->idle_policy()) {
    if (chosen_idle(pool_->settings().idle).info.clairvoyant) {
      forecast_ = std::make_unique<TraceArrivals>(room.scenario, static_cast<std::int32_t>(pool));
    }
  }

  /// One look: acts on whatever is due, returns when something may be due next.
  Ticks look(Ticks now) {
    // Whatever begins to idle after now is due no sooner than this.
    next_ = policy_->shortest_wait() == kNever ? kNever : now + policy_->shortest_wait();
    // By number: while an action creates its actor others of this instant run, and they may add replicas.
    for (std::size_t i = 0; i < pool_->replicas().size(); ++i) {
      HostedReplica& replica = *pool_->replicas()[i];
      if (replica.life() == Life::ready && !replica.parked() && replica.empty()) {
        look_at_idle(replica, now);
      }
      if (can_be_woken(replica.life())) {
        look_at_resting(replica, now);
      }
    }
    for (std::size_t i = 0; i < room_.cluster.fleet().servers().size(); ++i) {
      const FleetServer& server = room_.cluster.fleet().servers()[i];
      if (server.state() == ServerState::on && server.awake == 0 && room_.cluster.manager_of(server) == pool_) {
        look_at_empty(static_cast<std::int32_t>(i), server, now);
      }
    }
    return std::max(next_, now + 1);
  }

 private:
  IdleView view(Ticks now) const {
    IdleView view = pool_->idle_view(now);
    view.forecast = forecast_.get();
    return view;
  }

  void look_at_idle(HostedReplica& replica, Ticks now) {
    IdleView seen = view(now);
    seen.idle_since = replica.idle_since();
    seen.free_since = replica.free_since();
    const IdleDecision decision = policy_->replica_idle(seen);
    if (decision.action != IdleAction::keep) {
      room_.lifecycle.rest(replica, decision.action, now);
    } else {
      next_ = std::min(next_, decision.wake_at);
    }
  }

  void look_at_resting(HostedReplica& replica, Ticks now) {
    IdleView seen = view(now);
    seen.free_since = replica.free_since();
    seen.back = room_.lifecycle.time_to_wake(replica, now);
    const RestDecision decision = policy_->replica_resting(seen);
    if (decision.wake) {
      room_.lifecycle.wake(replica, now);
    } else {
      next_ = std::min(next_, decision.wake_at);
    }
  }

  void look_at_empty(std::int32_t number, const FleetServer& server, Ticks now) {
    IdleView seen = view(now);
    seen.idle_since = server.empty_since;
    const EmptyServerDecision decision = policy_->server_empty(seen);
    if (decision.power_off) {
      room_.lifecycle.power_off(number, now);
    } else {
      next_ = std::min(next_, decision.wake_at);
    }
  }

  ControlRoom room_;
  PoolRuntime* pool_;
  IdlePolicy* policy_;
  std::unique_ptr<TraceArrivals> forecast_;
  Ticks next_ = kNever;
};

/// A pool's autoscaling policy at work; its actor asks it in time, and the pool when a request finds no replica.
class Autoscaler {
 public:
  Autoscaler(const ControlRoom& room, std::size_t pool, const AutoscaleDeclaration& declaration)
      : room_(room),
        pool_(room.cluster.pools()[pool].get()),
        policy_(declaration.make(pool_->settings().autoscaling.parameters)),
        cold_start_(room.lifecycle.cold_start(*pool_)) {
    if (declaration.info.clairvoyant) {
      forecast_ =
          std::make_unique<TraceForecast>(room.scenario, static_cast<std::int32_t>(pool), pool_->work_of_a_token());
    }
  }

  const AutoscalePolicy& policy() const { return *policy_; }

  /// Asks the policy and carries out what it says; the cluster has been settled up to `now`. Returns when to ask again.
  Ticks decide(Ticks now) {
    AutoscaleView view = pool_->view(now);
    view.start_unix_s = room_.scenario.start_unix_s;
    view.time_zone = &room_.scenario.site.tariff.time_zone;
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
  const auto scaler = std::make_shared<Autoscaler>(room, pool_number, chosen_autoscaling(pool.settings().autoscaling));
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
  const auto manager = std::make_shared<IdleManager>(room, pool_number);
  act(room.site, "idle manager " + pool.settings().name, clock, [room, manager](ActorClock& own) {
    while (own.now() < room.scenario.horizon) {
      room.cluster.settle(own.now());
      own.sleep_until(manager->look(own.now()));
    }
  });
}

}  // namespace idlewatt
