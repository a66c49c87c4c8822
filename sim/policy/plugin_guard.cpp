#include "policy/plugin_guard.hpp"

#include <cmath>
#include <fmt/core.h>
#include <memory>
#include <utility>
#include <vector>

namespace idlewatt {
namespace {

/// A decision to look again at once would be taken for ever.
void check_later(const std::string& who, Ticks wake_at, Ticks now) {
  if (wake_at <= now) {
    throw InputError(fmt::format("{} asks at {:f} s to be woken at {:f} s; expected a time after that", who,
                                 to_seconds(now), to_seconds(wake_at)));
  }
}

class GuardedAutoscale final : public AutoscalePolicy {
 public:
  GuardedAutoscale(std::unique_ptr<AutoscalePolicy> policy, std::string who)
      : policy_(std::move(policy)), who_(std::move(who)) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const AutoscaleDecision decision = guard(who_, [&] { return policy_->decide(view); });
    check_later(who_, decision.wake_at, view.now);
    return decision;
  }
  AtZero at_zero() const override {
    return guard(who_, [&] { return policy_->at_zero(); });
  }

 private:
  std::unique_ptr<AutoscalePolicy> policy_;
  std::string who_;
};

class GuardedIdle final : public IdlePolicy {
 public:
  GuardedIdle(std::unique_ptr<IdlePolicy> policy, std::string who) : policy_(std::move(policy)), who_(std::move(who)) {}

  void begin(const RestCosts& costs) override {
    guard(who_, [&] { policy_->begin(costs); });
  }
  IdleDecision replica_idle(const IdleView& view) override {
    const IdleDecision decision = guard(who_, [&] { return policy_->replica_idle(view); });
    if (decision.action == IdleAction::keep) {
      check_later(who_, decision.wake_at, view.now);
    }
    return decision;
  }
  RestDecision replica_resting(const IdleView& view) override {
    const RestDecision decision = guard(who_, [&] { return policy_->replica_resting(view); });
    if (!decision.wake) {
      check_later(who_, decision.wake_at, view.now);
    }
    return decision;
  }
  EmptyServerDecision server_empty(const IdleView& view) override {
    const EmptyServerDecision decision = guard(who_, [&] { return policy_->server_empty(view); });
    if (!decision.power_off) {
      check_later(who_, decision.wake_at, view.now);
    }
    return decision;
  }
  bool wake(const WakeView& view) override {
    return guard(who_, [&] { return policy_->wake(view); });
  }
  void idle_ended(Ticks idle) override {
    guard(who_, [&] { policy_->idle_ended(idle); });
  }
  bool starts_off() const override {
    return guard(who_, [&] { return policy_->starts_off(); });
  }
  Ticks shortest_wait() const override {
    const Ticks wait = guard(who_, [&] { return policy_->shortest_wait(); });
    if (wait < kTicksPerMillisecond) {
      throw InputError(
          fmt::format("{}: shortest_wait() is {:f} s; expected a millisecond or more, for somebody looks that often",
                      who_, to_seconds(wait)));
    }
    return wait;
  }

 private:
  std::unique_ptr<IdlePolicy> policy_;
  std::string who_;
};

class GuardedAdmission final : public AdmissionPolicy {
 public:
  GuardedAdmission(std::unique_ptr<AdmissionPolicy> policy, std::string who)
      : policy_(std::move(policy)), who_(std::move(who)) {}

  bool admit(const RequestView& request, const AdmissionView& pool) override {
    return guard(who_, [&] { return policy_->admit(request, pool); });
  }

 private:
  std::unique_ptr<AdmissionPolicy> policy_;
  std::string who_;
};

class GuardedRoute final : public RoutePolicy {
 public:
  GuardedRoute(std::unique_ptr<RoutePolicy> policy, std::string who)
      : policy_(std::move(policy)), who_(std::move(who)) {}

  void resize(std::int32_t replicas) override {
    available_.resize(static_cast<std::size_t>(replicas), false);
    guard(who_, [&] { policy_->resize(replicas); });
  }
  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    available_[replica.index()] = load.available;
    guard(who_, [&] { policy_->load_changed(replica, load); });
  }
  std::optional<ReplicaId> route(const RequestView& request, RandomStream& random) override {
    const std::optional<ReplicaId> replica = guard(who_, [&] { return policy_->route(request, random); });
    if (replica && (replica->value() < 0 || replica->index() >= available_.size() || !available_[replica->index()])) {
      throw InputError(
          fmt::format("{} sends a request to replica {}, which is not available; expected an available one, or none",
                      who_, replica->value()));
    }
    return replica;
  }

 private:
  std::unique_ptr<RoutePolicy> policy_;
  std::string who_;
  std::vector<bool> available_;
};

class GuardedPoolRoute final : public PoolRoutePolicy {
 public:
  GuardedPoolRoute(std::unique_ptr<PoolRoutePolicy> policy, std::string who)
      : policy_(std::move(policy)), who_(std::move(who)) {}

  std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) override {
    const std::size_t choice = guard(who_, [&] { return policy_->route(request, pools); });
    if (choice >= pools.size()) {
      throw InputError(fmt::format("{} sends a request to pool {} of the {} that may answer; expected one below that",
                                   who_, choice, pools.size()));
    }
    return choice;
  }

 private:
  std::unique_ptr<PoolRoutePolicy> policy_;
  std::string who_;
};

class GuardedPower final : public PowerPolicy {
 public:
  GuardedPower(std::unique_ptr<PowerPolicy> policy, std::string who)
      : policy_(std::move(policy)), who_(std::move(who)) {}

  double rank(const PowerView& waiting) const override {
    const double rank = guard(who_, [&] { return policy_->rank(waiting); });
    if (std::isnan(rank)) {
      throw InputError(who_ + ": rank() is not a number; expected a number (the lowest rank starts first)");
    }
    return rank;
  }
  bool overtaking() const override {
    return guard(who_, [&] { return policy_->overtaking(); });
  }

 private:
  std::unique_ptr<PowerPolicy> policy_;
  std::string who_;
};

template <class Guarded, class Policy>
Declaration<Policy> guarded_with(Declaration<Policy> declaration, const std::string& who) {
  auto make = [inner = std::move(declaration.make), who](const Parameters& parameters) -> std::unique_ptr<Policy> {
    std::unique_ptr<Policy> policy = guard(who, [&] { return inner(parameters); });
    if (!policy) {
      throw InputError(who + " was not made: its function returned nothing");
    }
    return std::make_unique<Guarded>(std::move(policy), who);
  };
  return {std::move(declaration.info), std::move(make)};
}

}  // namespace

AutoscaleDeclaration guarded(AutoscaleDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedAutoscale>(std::move(declaration), who);
}

IdleDeclaration guarded(IdleDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedIdle>(std::move(declaration), who);
}

AdmissionDeclaration guarded(AdmissionDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedAdmission>(std::move(declaration), who);
}

RouteDeclaration guarded(RouteDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedRoute>(std::move(declaration), who);
}

PoolRouteDeclaration guarded(PoolRouteDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedPoolRoute>(std::move(declaration), who);
}

PowerDeclaration guarded(PowerDeclaration declaration, const std::string& who) {
  return guarded_with<GuardedPower>(std::move(declaration), who);
}

}  // namespace idlewatt
