#include <pybind11/stl.h>

#include "base/random.hpp"
#include "policy/table.hpp"
#include "python/module.hpp"
#include "python/pool_views.hpp"
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

void bind_autoscale(py::module_& module) {
  using View = AutoscaleView;
  py::class_<View>(module, "AutoscaleView")
      .def_readonly("now", &View::now)
      .def_readonly("start", &View::start)
      .def_readonly("minimum", &View::minimum)
      .def_readonly("maximum", &View::maximum)
      .def_readonly("target", &View::target)
      .def_readonly("ready", &View::ready)
      .def_readonly("unready", &View::unready)
      .def_readonly("ongoing", &View::ongoing)
      .def_readonly("queued", &View::queued)
      .def_readonly("running", &View::running)
      .def_readonly("outstanding", &View::outstanding)
      .def_readonly("mean_outstanding", &View::mean_outstanding)
      .def_readonly("arrivals_per_s", &View::arrivals_per_s)
      .def_readonly("busy_replicas", &View::busy_replicas)
      .def_readonly("output_tokens_per_s", &View::output_tokens_per_s)
      .def_readonly("start_unix_s", &View::start_unix_s)
      .def_readonly("cold_start", &View::cold_start);
}

void bind_idle(py::module_& module) {
  py::class_<RestCost>(module, "RestCost")
      .def_readonly("saved_w", &RestCost::saved_w)
      .def_readonly("restart_j", &RestCost::restart_j)
      .def_readonly("go", &RestCost::go)
      .def_readonly("back", &RestCost::back);
  py::class_<RestCosts>(module, "RestCosts")
      .def_property_readonly("sleep", [](const RestCosts& costs) { return costs.sleep; })
      .def_property_readonly("unload", [](const RestCosts& costs) { return costs.unload; })
      .def_property_readonly("server_off", [](const RestCosts& costs) { return costs.server_off; });
  py::class_<IdleView>(module, "IdleView")
      .def_readonly("now", &IdleView::now)
      .def_readonly("idle_since", &IdleView::idle_since)
      .def_readonly("free_since", &IdleView::free_since)
      .def_readonly("back", &IdleView::back)
      .def_readonly("awake", &IdleView::awake)
      .def_readonly("outstanding", &IdleView::outstanding);
  py::class_<WakeView>(module, "WakeView")
      .def_readonly("awake", &WakeView::awake)
      .def_readonly("outstanding", &WakeView::outstanding);
}

void bind_request(py::module_& module) {
  py::class_<SloTicks>(module, "SloTicks").def_readonly("ttft", &SloTicks::ttft).def_readonly("tpot", &SloTicks::tpot);
  using Request = Lent<const RequestView>;
  py::class_<Request>(module, "RequestView")
      .def_property_readonly("now", [](const Request& request) { return request.get().now(); })
      .def_property_readonly("asked_at", [](const Request& request) { return request.get().asked_at(); })
      .def_property_readonly("prompt_tokens", [](const Request& request) { return request.get().prompt_tokens(); })
      .def_property_readonly("tenant", [](const Request& request) { return request.get().tenant(); })
      .def_property_readonly("priority", [](const Request& request) { return request.get().priority(); })
      .def_property_readonly("deferrable", [](const Request& request) { return request.get().deferrable(); })
      .def_property_readonly("deadline", [](const Request& request) { return request.get().deadline(); })
      .def_property_readonly("slo", [](const Request& request) { return SloTicks(request.get().slo()); })
      .def_property_readonly("session", [](const Request& request) { return request.get().session(); })
      .def_property_readonly("prefix_blocks", [](const Request& request) { return request.get().prefix_blocks(); })
      .def_property_readonly("block_tokens", [](const Request& request) { return request.get().block_tokens(); });
}

void bind_service(py::module_& module) {
  py::class_<PoolLoad>(module, "PoolLoad")
      .def_readonly("ready", &PoolLoad::ready)
      .def_readonly("coming", &PoolLoad::coming)
      .def_readonly("outstanding", &PoolLoad::outstanding)
      .def_readonly("waiting", &PoolLoad::waiting);
  py::class_<ServiceEstimate>(module, "ServiceEstimate")
      .def_readonly("ttft_s", &ServiceEstimate::ttft_s)
      .def_readonly("tpot_s", &ServiceEstimate::tpot_s)
      .def_readonly("e2e_s", &ServiceEstimate::e2e_s)
      .def_readonly("energy_j", &ServiceEstimate::energy_j)
      .def_readonly("cost_usd", &ServiceEstimate::cost_usd)
      .def("limit_use", [](const ServiceEstimate& estimate, const Lent<const RequestView>& request) {
        return estimate.limit_use(request.get());
      });
  py::class_<ServiceFigures>(module, "ServiceFigures")
      .def_readonly("seats", &ServiceFigures::seats)
      .def_readonly("accelerators", &ServiceFigures::accelerators)
      .def_readonly("idle_w", &ServiceFigures::idle_w)
      .def_readonly("overhead_per_w", &ServiceFigures::overhead_per_w)
      .def_readonly("rent_usd_per_h", &ServiceFigures::rent_usd_per_h)
      .def_readonly("electricity_usd_per_j", &ServiceFigures::electricity_usd_per_j);
  using Service = Lent<const ServiceEstimator>;
  py::class_<Service>(module, "ServiceEstimator")
      .def("estimate", [](const Service& service, std::int64_t prompt_tokens,
                          const PoolLoad& load) { return service.get().estimate(prompt_tokens, load); })
      .def_property_readonly("figures", [](const Service& service) { return ServiceFigures(service.get().figures()); })
      .def_property_readonly("capacity_rps", [](const Service& service) { return service.get().capacity_rps(); })
      .def_property_readonly("prompt_tokens_per_s",
                             [](const Service& service) { return service.get().prompt_tokens_per_s(); });
}

void bind_pools(py::module_& module) {
  py::class_<AdmissionViewInPython>(module, "AdmissionView")
      .def_property_readonly("load", [](const AdmissionViewInPython& view) { return view.load; })
      .def_property_readonly("service", [](const AdmissionViewInPython& view) { return view.service; });
  py::class_<PoolViewInPython>(module, "PoolView")
      .def_readonly("number", &PoolViewInPython::number)
      .def_property_readonly("load", [](const PoolViewInPython& view) { return view.load; })
      .def_property_readonly("service", [](const PoolViewInPython& view) { return view.service; })
      .def_readonly("capacity_rps", &PoolViewInPython::capacity_rps);
}

void bind_route(py::module_& module) {
  py::class_<ReplicaLoad>(module, "ReplicaLoad")
      .def_readonly("available", &ReplicaLoad::available)
      .def_readonly("outstanding", &ReplicaLoad::outstanding)
      .def_readonly("prompt_tokens", &ReplicaLoad::prompt_tokens);
  py::class_<Lent<RandomStream>>(module, "RandomStream", "The pool's own stream of random numbers.")
      .def("bits", [](const Lent<RandomStream>& random) { return random.get().bits(); })
      .def("uniform", [](const Lent<RandomStream>& random) { return random.get().uniform(); })
      .def("exponential", [](const Lent<RandomStream>& random) { return random.get().exponential(); });
}

}  // namespace

void bind_views(py::module_& module) {
  bind_time(module);
  bind_autoscale(module);
  bind_idle(module);
  bind_request(module);
  bind_service(module);
  bind_pools(module);
  bind_route(module);
  py::class_<PowerView>(module, "PowerView")
      .def_property_readonly("pool", [](const PowerView& view) { return view.pool.value(); })
      .def_readonly("since", &PowerView::since)
      .def_readonly("outstanding", &PowerView::outstanding)
      .def_readonly("awake", &PowerView::awake);
}

}  // namespace idlewatt
