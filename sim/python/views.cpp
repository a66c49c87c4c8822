#include <functional>
#include <pybind11/stl.h>
#include <string>
#include <type_traits>

#include "base/random.hpp"
#include "policy/table.hpp"
#include "python/module.hpp"
#include "python/values.hpp"

namespace idlewatt {
namespace {

namespace py = pybind11;

void bind_time(py::module_& module) {
  module.attr("NEVER") = kNever;
  module.attr("TICKS_PER_SECOND") = kTicksPerSecond;
  module.attr("NO_REPLICA") = kNoReplicaInPython;
  module.def("to_ticks", &to_ticks, py::arg("seconds"), "Seconds to ticks of 10 ps, rounded to the nearest.");
  module.def("to_seconds", &to_seconds, py::arg("ticks"), "Ticks of 10 ps to seconds.");
}

/// A Python value of a field's value. Parts that are views themselves are copied.
template <class Value>
py::object in_python(const Value& value) {
  return py::cast(value, py::return_value_policy::copy);
}
template <class Tag>
py::object in_python(const Id<Tag>& id) {
  return py::int_(id.value());
}
py::object in_python(const PoolCounters* counters) {
  return counters == nullptr ? py::none() : in_python(*counters);
}
/// The name of the zone, which Python's zoneinfo knows.
py::object in_python(const TimeZone* zone) {
  return py::str(zone == nullptr ? TimeZone().name : zone->name);
}

// A view as Python holds it, and a field of the view.

template <auto Member, class View>
py::object field(const View& view) {
  return in_python(std::invoke(Member, view));
}

template <auto Member, class View>
py::object field(const Lent<const View>& lent) {
  return in_python(std::invoke(Member, lent.get()));
}

template <auto Member, class View>
py::object field(const CallView<View>& shown) {
  using Value = std::remove_cvref_t<std::invoke_result_t<decltype(Member), const View&>>;
  if constexpr (std::is_same_v<Value, const ServiceEstimator*>) {
    may_be_read(shown.services != nullptr);
    return shown.services->lend(*std::invoke(Member, shown.view));
  } else {
    if constexpr (std::is_pointer_v<Value> || std::is_member_function_pointer_v<decltype(Member)>) {
      may_be_read(shown.in_call);  // a function may follow a pointer
    }
    return in_python(std::invoke(Member, shown.view));
  }
}

// Functions with parameters, which are no fields.

template <class Class>
void methods(Class& /*bound*/) {}
void methods(py::class_<ServiceEstimate>& bound) {
  bound.def("limit_use", [](const ServiceEstimate& estimate, const Lent<const RequestView>& request) {
    return estimate.limit_use(request.get());
  });
}
void methods(py::class_<Lent<const ServiceEstimator>>& bound) {
  bound.def("estimate", [](const Lent<const ServiceEstimator>& service, std::int64_t prompt_tokens,
                           const PoolLoad& load) { return service.get().estimate(prompt_tokens, load); });
}

/// True when a field of the view is a pointer.
template <class View>
consteval bool has_pointers() {
  bool found = false;
  FieldsOf<View>::each([&]<auto Member>() {
    found = found || std::is_pointer_v<std::remove_cvref_t<std::invoke_result_t<decltype(Member), const View&>>>;
  });
  return found;
}

template <class Holder, class View>
void bind_as(py::module_& module, const std::string& name) {
  py::class_<Holder> bound(module, name.c_str());
  FieldsOf<View>::each([&]<auto Member>() {
    bound.def_property_readonly(std::string(member_name<Member>()).c_str(),
                                [](const Holder& holder) { return field<Member>(holder); });
  });
  methods(bound);
}

template <class View>
void bind_view(py::module_& module) {
  const std::string name(type_name<View>());
  if (py::hasattr(module, name.c_str())) {
    return;  // a view of several families
  }
  if constexpr (!std::is_aggregate_v<View>) {
    bind_as<Lent<const View>, View>(module, name);
  } else if constexpr (has_pointers<View>()) {
    bind_as<CallView<View>, View>(module, name);
  } else {
    bind_as<View, View>(module, name);
  }
}

void bind_random(py::module_& module) {
  py::class_<Lent<RandomStream>>(module, "RandomStream", "The pool's own stream of random numbers.")
      .def("bits", [](const Lent<RandomStream>& random) { return random.get().bits(); })
      .def("uniform", [](const Lent<RandomStream>& random) { return random.get().uniform(); })
      .def("exponential", [](const Lent<RandomStream>& random) { return random.get().exponential(); });
}

}  // namespace

void bind_views(py::module_& module) {
  bind_time(module);
  module.attr("LATENCY_EDGES") = py::tuple(py::cast(kLatencyEdges));
  for_each_outside_family(
      [&]<class Family>(const Family&) { Family::Shows::each([&]<class View>() { bind_view<View>(module); }); });
  bind_random(module);
}

}  // namespace idlewatt
