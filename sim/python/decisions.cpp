#include <fmt/core.h>
#include <limits>

#include "policy/table.hpp"
#include "python/module.hpp"
#include "python/values.hpp"

namespace idlewatt {
namespace {

namespace py = pybind11;

Ticks time_of(const py::object& value) {
  if (PyFloat_Check(value.ptr())) {
    throw py::type_error(fmt::format("`wake_at` is {}; expected an int in ticks: see to_ticks(seconds)", shown(value)));
  }
  return whole(value, "`wake_at`", 0, kNever);
}

}  // namespace

void bind_decisions(py::module_& module) {
  const py::int_ never(kNever);
  py::enum_<AtZero>(module, "AtZero")
      .value("rejects", AtZero::rejects)
      .value("holds", AtZero::holds)
      .value("activates", AtZero::activates);
  py::enum_<IdleAction>(module, "IdleAction")
      .value("keep", IdleAction::keep)
      .value("park", IdleAction::park)
      .value("park_deep", IdleAction::park_deep)
      .value("sleep", IdleAction::sleep)
      .value("unload", IdleAction::unload);
  py::class_<AutoscaleDecision>(module, "AutoscaleDecision")
      .def(py::init([](const py::object& replicas, const py::object& wake_at) {
             constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
             return AutoscaleDecision{.replicas = static_cast<std::int32_t>(whole(replicas, "`replicas`", 0, most)),
                                      .wake_at = time_of(wake_at)};
           }),
           py::arg("replicas"), py::arg("wake_at") = never)
      .def_readonly("replicas", &AutoscaleDecision::replicas)
      .def_readonly("wake_at", &AutoscaleDecision::wake_at);
  py::class_<IdleDecision>(module, "IdleDecision")
      .def(py::init([](IdleAction action, const py::object& wake_at) {
             return IdleDecision{.action = action, .wake_at = time_of(wake_at)};
           }),
           py::arg("action"), py::arg("wake_at") = never)
      .def_readonly("action", &IdleDecision::action)
      .def_readonly("wake_at", &IdleDecision::wake_at);
  py::class_<RestDecision>(module, "RestDecision")
      .def(py::init([](const py::object& wake, const py::object& wake_at) {
             return RestDecision{.wake = truth(wake, "`wake`"), .wake_at = time_of(wake_at)};
           }),
           py::arg("wake"), py::arg("wake_at") = never)
      .def_readonly("wake", &RestDecision::wake)
      .def_readonly("wake_at", &RestDecision::wake_at);
  py::class_<EmptyServerDecision>(module, "EmptyServerDecision")
      .def(py::init([](const py::object& power_off, const py::object& wake_at) {
             return EmptyServerDecision{.power_off = truth(power_off, "`power_off`"), .wake_at = time_of(wake_at)};
           }),
           py::arg("power_off"), py::arg("wake_at") = never)
      .def_readonly("power_off", &EmptyServerDecision::power_off)
      .def_readonly("wake_at", &EmptyServerDecision::wake_at);
}

}  // namespace idlewatt
