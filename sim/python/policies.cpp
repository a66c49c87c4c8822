#include "python/policies.hpp"

#include <cmath>
#include <fmt/core.h>
#include <limits>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "python/module.hpp"
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
  explicit AutoscaleInPython(const PythonChoice& choice)
      : object_(choice, {"decide"}), says_at_zero_(object_.has("at_zero")) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    std::optional<Showing<AutoscaleView>> shown;
    return object_.call(
        "decide", [&] { return py::make_tuple(shown.emplace(view).object()); },
        [](const py::object& answer) { return decision_of<AutoscaleDecision>(answer, "AutoscaleDecision"); });
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
      : object_(choice, {"replica_idle", "server_empty", "wake", "starts_off", "shortest_wait"}),
        foresees_(object_.has("replica_resting")),
        learns_(object_.has("idle_ended")) {}

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

class AdmissionInPython final : public AdmissionPolicy {
 public:
  explicit AdmissionInPython(const PythonChoice& choice) : object_(choice, {"admit"}) {}

  bool admit(const RequestView& request, const AdmissionView& pool) override {
    std::optional<Loan<const RequestView>> asking;
    std::optional<Showing<AdmissionView>> shown;
    return object_.call(
        "admit",
        [&] { return py::make_tuple(asking.emplace(request).object(), shown.emplace(pool, &services_).object()); },
        [](const py::object& answer) { return truth(answer, "it"); });
  }

 private:
  PythonObject object_;
  ServiceLender services_;
};

class RouteInPython final : public RoutePolicy {
 public:
  explicit RouteInPython(const PythonChoice& choice) : object_(choice, {"resize", "load_changed", "route"}) {}

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
  explicit PoolRouteInPython(const PythonChoice& choice) : object_(choice, {"route"}) {}

  std::size_t route(const RequestView& request, const std::vector<PoolView>& pools) override {
    std::optional<Loan<const RequestView>> asking;
    std::vector<Showing<PoolView>> shown;
    return object_.call(
        "route",
        [&] {
          asking.emplace(request);
          py::list seen;
          shown.reserve(pools.size());
          for (const PoolView& pool : pools) {
            seen.append(shown.emplace_back(pool, &services_).object());
          }
          return py::make_tuple(asking->object(), seen);
        },
        [&](const py::object& answer) {
          return static_cast<std::size_t>(whole(answer, "it", 0, static_cast<std::int64_t>(pools.size()) - 1));
        });
  }

 private:
  PythonObject object_;
  ServiceLender services_;
};

class PowerInPython final : public PowerPolicy {
 public:
  explicit PowerInPython(const PythonChoice& choice) : object_(choice, {"rank", "overtaking"}) {}

  double rank(const PowerView& waiting) const override {
    return object_.call("rank", copies_of(waiting), [](const py::object& answer) { return finite(answer, "it"); });
  }
  bool overtaking() const override {
    return object_.call("overtaking", copies_of(), [](const py::object& answer) { return truth(answer, "it"); });
  }

 private:
  PythonObject object_;
};

// The class that asks Python, for each family that takes policies from outside.
template <class Family>
struct InPython;
template <>
struct InPython<AutoscaleFamily> : std::type_identity<AutoscaleInPython> {};
template <>
struct InPython<IdleFamily> : std::type_identity<IdleInPython> {};
template <>
struct InPython<AdmissionFamily> : std::type_identity<AdmissionInPython> {};
template <>
struct InPython<RouteFamily> : std::type_identity<RouteInPython> {};
template <>
struct InPython<PoolRouteFamily> : std::type_identity<PoolRouteInPython> {};
template <>
struct InPython<PowerFamily> : std::type_identity<PowerInPython> {};

}  // namespace

PluginPolicies declare_python(const PythonChoice& choice) {
  PluginPolicies policies;
  std::visit(
      [&]<class Family>(const Family&) {
        using Policy = typename Family::Policy;
        Declaration<Policy> declaration{{choice.class_name, "a class of " + choice.path, {}},
                                        [choice](const Parameters&) -> std::unique_ptr<Policy> {
                                          return std::make_unique<typename InPython<Family>::type>(choice);
                                        }};
        (policies.*Family::from_outside)
            .push_back(
                guarded(std::move(declaration), fmt::format("class `{}` of `{}`", choice.class_name, choice.path)));
      },
      choice.family);
  return policies;
}

}  // namespace idlewatt
