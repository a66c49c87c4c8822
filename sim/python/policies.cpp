#include "python/policies.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "python/module.hpp"
#include "python/pool_views.hpp"
#include "python/python_object.hpp"

namespace idlewatt {
namespace {

namespace py = pybind11;

/// The arguments of a call, made from what policies are shown.
template <class... Things>
auto copies_of(const Things&... things) {
  return [&] { return py::make_tuple(things...); };
}

constexpr auto ignored = [](const py::object&) {};

class AutoscaleInPython final : public AutoscalePolicy {
 public:
  explicit AutoscaleInPython(const PythonChoice& choice) : object_(choice), says_at_zero_(object_.has("at_zero")) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    return object_.call("decide", copies_of(view), [](const py::object& answer) {
      return decision_of<AutoscaleDecision>(answer, "AutoscaleDecision");
    });
  }
  AtZero at_zero() const override {
    if (!says_at_zero_) {
      return AutoscalePolicy::at_zero();
    }
    return object_.call("at_zero", copies_of(),
                        [](const py::object& answer) { return decision_of<AtZero>(answer, "AtZero"); });
  }

 private:
  PythonObject object_;
  bool says_at_zero_;
};

class IdleInPython final : public IdlePolicy {
 public:
  explicit IdleInPython(const PythonChoice& choice)
      : object_(choice), foresees_(object_.has("replica_resting")), learns_(object_.has("idle_ended")) {}

  void begin(const RestCosts& costs) override {
    if (object_.has("begin")) {
      object_.call("begin", copies_of(costs), ignored);
    }
  }
  IdleDecision replica_idle(const IdleView& view) override {
    return object_.call("replica_idle", copies_of(view),
                        [](const py::object& answer) { return decision_of<IdleDecision>(answer, "IdleDecision"); });
  }
  RestDecision replica_resting(const IdleView& view) override {
    if (!foresees_) {
      return IdlePolicy::replica_resting(view);
    }
    return object_.call("replica_resting", copies_of(view),
                        [](const py::object& answer) { return decision_of<RestDecision>(answer, "RestDecision"); });
  }
  EmptyServerDecision server_empty(const IdleView& view) override {
    return object_.call("server_empty", copies_of(view), [](const py::object& answer) {
      return decision_of<EmptyServerDecision>(answer, "EmptyServerDecision");
    });
  }
  bool wake(const WakeView& view) override {
    return object_.call("wake", copies_of(view), [](const py::object& answer) { return truth(answer, "it"); });
  }
  void idle_ended(Ticks idle) override {
    if (learns_) {
      object_.call("idle_ended", copies_of(idle), ignored);
    }
  }
  bool starts_off() const override {
    return object_.call("starts_off", copies_of(), [](const py::object& answer) { return truth(answer, "it"); });
  }
  Ticks shortest_wait() const override {
    return object_.call("shortest_wait", copies_of(),
                        [](const py::object& answer) { return whole(answer, "it", 0, kNever); });
  }

 private:
  PythonObject object_;
  bool foresees_;
  bool learns_;
};

/// Lends what stays as it is from call to call, and takes it back with the policy.
template <class Thing>
class Lender {
 public:
  const py::object& lend(Thing& thing) {
    std::optional<Loan<Thing>>& loan = loans_[&thing];
    if (!loan) {
      loan.emplace(thing);
    }
    return loan->object();
  }

 private:
  std::map<Thing*, std::optional<Loan<Thing>>> loans_;
};

class AdmissionInPython final : public AdmissionPolicy {
 public:
  explicit AdmissionInPython(const PythonChoice& choice) : object_(choice) {}

  bool admit(const RequestView& request, const AdmissionView& pool) override {
    std::optional<Loan<const RequestView>> asking;
    return object_.call(
        "admit",
        [&] {
          asking.emplace(request);
          return py::make_tuple(asking->object(), AdmissionViewInPython{pool.load, services_.lend(*pool.service)});
        },
        [](const py::object& answer) { return truth(answer, "it"); });
  }

 private:
  PythonObject object_;
  Lender<const ServiceEstimator> services_;
};

class RouteInPython final : public RoutePolicy {
 public:
  explicit RouteInPython(const PythonChoice& choice) : object_(choice) {}

  void resize(std::int32_t replicas) override { object_.call("resize", copies_of(replicas), ignored); }
  void load_changed(ReplicaId replica, const ReplicaLoad& load) override {
    object_.call("load_changed", copies_of(replica.value(), load), ignored);
  }
  std::optional<ReplicaId> route(const RequestView& request, RandomStream& random) override {
    std::optional<Loan<const RequestView>> asking;
    return object_.call(
        "route",
        [&] {
          asking.emplace(request);
          return py::make_tuple(asking->object(), randoms_.lend(random));
        },
        [](const py::object& answer) {
          const std::int64_t number = whole(answer, "it", kNoReplicaInPython, std::numeric_limits<std::int32_t>::max());
          return number == kNoReplicaInPython ? std::nullopt : std::optional(ReplicaId(number));
        });
  }

 private:
  PythonObject object_;
  Lender<RandomStream> randoms_;
};

class PoolRouteInPython final : public PoolRoutePolicy {
 public:
  explicit PoolRouteInPython(const PythonChoice& choice) : object_(choice) {}

  std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) override {
    std::optional<Loan<const RequestView>> asking;
    return object_.call(
        "route",
        [&] {
          asking.emplace(request);
          py::list seen;
          for (const PoolView& pool : pools) {
            seen.append(
                PoolViewInPython{pool.id.value(), pool.load, services_.lend(*pool.service), pool.capacity_rps()});
          }
          return py::make_tuple(asking->object(), seen);
        },
        [&](const py::object& answer) {
          return static_cast<std::size_t>(whole(answer, "it", 0, static_cast<std::int64_t>(pools.size()) - 1));
        });
  }

 private:
  PythonObject object_;
  Lender<const ServiceEstimator> services_;
};

class PowerInPython final : public PowerPolicy {
 public:
  explicit PowerInPython(const PythonChoice& choice) : object_(choice) {}

  double rank(const PowerView& waiting) const override {
    return object_.call("rank", copies_of(waiting), [](const py::object& answer) { return finite(answer, "it"); });
  }
  bool overtaking() const override {
    return object_.call("overtaking", copies_of(), [](const py::object& answer) { return truth(answer, "it"); });
  }

 private:
  PythonObject object_;
};

template <class InPython, class Policy>
void declare(const PythonChoice& choice, std::vector<Declaration<Policy>>& declarations) {
  Declaration<Policy> declaration{
      {choice.class_name, "a class of " + choice.path, {}},
      [choice](const Parameters&) -> std::unique_ptr<Policy> { return std::make_unique<InPython>(choice); }};
  declarations.push_back(guarded(std::move(declaration), "class `" + choice.class_name + "` of `" + choice.path + "`"));
}

}  // namespace

PluginPolicies declare_python(const PythonChoice& choice) {
  PluginPolicies policies;
  switch (choice.family) {
    case PythonFamily::autoscaling:
      declare<AutoscaleInPython>(choice, policies.autoscaling);
      break;
    case PythonFamily::idle:
      declare<IdleInPython>(choice, policies.idle);
      break;
    case PythonFamily::admission:
      declare<AdmissionInPython>(choice, policies.admission);
      break;
    case PythonFamily::routing:
      declare<RouteInPython>(choice, policies.routing);
      break;
    case PythonFamily::pool_routing:
      declare<PoolRouteInPython>(choice, policies.pool_routing);
      break;
    case PythonFamily::power:
      declare<PowerInPython>(choice, policies.power);
      break;
  }
  return policies;
}

}  // namespace idlewatt
