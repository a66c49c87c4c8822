// No run takes less energy than its lower bound (random fleets: lifecycle_chaos_test.cpp), and one that wastes nothing
// takes hardly more.
#include <iostream>
#include <memory>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Nothing draws power but one accelerator: sixteen requests of a prompt token and many output tokens fill its seats
/// from the start to the horizon.
Scenario tight_scenario(double limit_w, double overhead_s) {
  Scenario scenario = small_scenario(0.0, 1);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  Server& node = catalog->servers["node"];
  node.accelerators = 1;
  node.base_w = figure(0);
  node.overhead_per_accelerator_w = figure(0);
  catalog->accelerators["a100"].board_limit_w = figure(limit_w);
  Engine& engine = catalog->engines["plain"];
  engine.step_overhead_s = figure(overhead_s);
  engine.sequence_overhead_s = figure(overhead_s / 40.0);
  scenario.catalog = catalog;
  scenario.site.tariff.pue = 1.0;
  scenario.racks[RackId(0)].servers[0].count = 1;
  scenario.racks[RackId(0)].switch_w = 0.0;
  return scenario;
}

}  // namespace

TEST_CASE("lower bound: a run that wastes nothing comes close to it, and never below", "[bound]") {
  const TraceOnDisk trace(std::vector<TracedRequest>(16, {0.0, 1, 4000}));
  struct Case {
    double limit_w;
    double overhead_s;
    double most;
  };
  // With no overhead and all of a step above the limit, what is left over is the prefill step, the arithmetic of the
  // head, and what reads and arithmetic do not overlap.
  for (const Case& chosen :
       {Case{1000.0, 2e-3, 1.03}, Case{1000.0, 0.0, 1.02}, Case{150.0, 0.0, 1.02}, Case{150.0, 2e-3, 1.3}}) {
    Scenario scenario = tight_scenario(chosen.limit_w, chosen.overhead_s);
    trace.become_traffic(scenario);
    const RecordedRun whole = forked_run(scenario);
    REQUIRE(whole.error == "");
    REQUIRE(whole.requests.size() == 16);
    scenario.horizon = whole.requests.back().end;
    const RecordedRun run = forked_run(scenario);
    REQUIRE(run.error == "");
    REQUIRE(run.result.summary.requests_served == 16.0);
    const double ratio = run.result.summary.facility_energy_kwh / run.result.summary.lower_bound_kwh;
    std::cout << "board limit " << chosen.limit_w << " W, overhead " << chosen.overhead_s * 1e3
              << " ms a step: energy / lower bound = " << ratio << std::endl;
    CHECK(ratio >= 1.0);
    CHECK(ratio < chosen.most);
    CHECK(run.result.summary.regret_share == Approx(ratio - 1.0));
  }
}

}  // namespace idlewatt
