// What rests cost in the simulation is what the policies were told, and the rules keep their promises there.
#include "policy/idle/rest.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "control/rest_costs.hpp"
#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// One replica on an owned node, never so busy that it matters.
Scenario fleet(const std::string& policy, double horizon_s) {
  Scenario scenario = small_scenario(0.0, 1);
  scenario.traffic.clear();
  scenario.racks[RackId(0)].servers[0].count = 1;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.horizon = to_ticks(horizon_s);
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), policy);
  return scenario;
}

RecordedRun completed(const Scenario& scenario, const std::vector<ScriptStep>& steps = {}) {
  RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  std::sort(run.requests.begin(), run.requests.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return run;
}

double it_energy_j(const RecordedRun& run) {
  return run.result.summary.it_energy_kwh * 3.6e6;
}

/// Of the accelerators when they do not work, beyond what they draw empty.
double waiting_j(const RecordedRun& run) {
  double joules = 0.0;
  for (const SeriesBin& bin : run.bins) {
    const AcceleratorTotals& totals = bin.pools[PoolId(0)].accelerators;
    for (const AcceleratorState state :
         {AcceleratorState::idle_empty, AcceleratorState::loading, AcceleratorState::idle_loaded}) {
      joules += totals.energy[state].j() - 50.0 * to_seconds(static_cast<Ticks>(totals.ticks[state]));
    }
  }
  return joules;
}

}  // namespace

TEST_CASE("a rest saves and costs, to the joule, what idle policies are told", "[rest]") {
  const double second_s = 2000.0;
  const TraceOnDisk trace({{0.0, 100, 20}, {second_s, 100, 20}});
  for (const double rest : {0.0, 1.0, 2.0}) {
    INFO("rest " << rest);
    Scenario kept = fleet("always-on", second_s);
    Scenario rested = fleet("break-even", second_s);
    rested.pools[PoolId(0)].idle.parameters.set("rest", rest);
    const RestCosts costs = rest_costs(rested, rested.pools[PoolId(0)]);
    const RestCost& cost = rest == 0.0 ? costs.sleep : costs.unload;
    const RestCost& server = costs.server_off;
    const double boots_s = rest == 2.0 ? to_seconds(server.back) : 0.0;
    const double ready_s = second_s + boots_s + to_seconds(cost.back);
    for (Scenario* scenario : {&kept, &rested}) {
      trace.become_traffic(*scenario);
      scenario->horizon = to_ticks(ready_s + 10.0);  // before a second rest
    }

    const RecordedRun on = completed(kept);
    const RecordedRun off = completed(rested);
    REQUIRE(off.requests.size() == 2);
    const double begins_s = to_seconds(off.requests[0].end + break_even(cost));
    const double server_begins_s = begins_s + to_seconds(cost.go + break_even(server));
    CHECK(to_seconds(off.requests[1].admitted) == Approx(ready_s).epsilon(1e-9));
    double saved_j = cost.saved_w * (ready_s - begins_s) - cost.restart_j;
    if (rest == 2.0) {
      saved_j += server.saved_w * (second_s + boots_s - server_begins_s) - server.restart_j;
    }
    CHECK(it_energy_j(on) - it_energy_j(off) == Approx(saved_j).epsilon(1e-6));
  }
}

TEST_CASE("costs of a rest, by hand", "[rest]") {
  Scenario scenario = fleet("break-even", 600.0);
  RestCosts costs = rest_costs(scenario, scenario.pools[PoolId(0)]);
  // 16.06 GB: copied at 4 GB/s, read at 2 GB/s, and from pinned memory copied at 25 GB/s; an engine that stops in 2 s, wakes
  // in 5 s, starts in 20 + 8.03 s.
  const double wall = 1.12;
  CHECK(costs.sleep.saved_w == Approx(wall * 30.0));
  CHECK(costs.sleep.restart_j == Approx(wall * (30.0 * 2.0 + 40.0 * (16.06 / 25.0 + 5.0))));
  CHECK(costs.unload.restart_j == Approx(wall * (30.0 * 2.0 + 40.0 * (16.06 / 2.0 + 16.06 / 4.0 + 28.03))));
  CHECK(costs.server_off.saved_w == Approx(500.0 + wall * 4 * 50.0 - 10.0));
  CHECK(costs.server_off.restart_j == Approx(490.0 * 30.0 + (400.0 + wall * 4 * 50.0 - 10.0) * 120.0));
  CHECK(to_seconds(costs.server_off.back) == Approx(120.0));
  scenario.racks[RackId(0)].ownership = Ownership::rented;
  costs = rest_costs(scenario, scenario.pools[PoolId(0)]);
  CHECK(costs.server_off.saved_w == Approx(500.0 + wall * 4 * 50.0));
  CHECK(to_seconds(costs.server_off.back) == Approx(180.0));
}

TEST_CASE("in a run, break-even draws at most twice what the clairvoyant draws, and that as little as can be",
          "[rest]") {
  // Gaps around 22 s, at which a sleep of this replica is even.
  std::vector<TracedRequest> requests;
  double at_s = 0.0;
  for (const double gap_s :
       {5.0, 60.0, 23.0, 30.0, 15.0, 300.0, 24.0, 45.0, 10.0, 22.0, 120.0, 35.0, 1.0, 600.0, 26.0}) {
    requests.push_back({at_s, 100, 20});
    at_s += gap_s;
  }
  requests.push_back({at_s, 100, 20});
  const TraceOnDisk trace(requests);
  const auto run_of = [&](const std::string& policy) {
    Scenario scenario = fleet(policy, at_s + 0.01);
    trace.become_traffic(scenario);
    if (policy == "clairvoyant") {
      scenario.pools[PoolId(0)].idle.parameters.set("interval", 0.1);
    }
    return completed(scenario);
  };
  const RecordedRun kept = run_of("always-on");
  const RecordedRun rule = run_of("break-even");
  const RecordedRun best = run_of("clairvoyant");

  const Scenario scenario = fleet("always-on", 1.0);
  const RestCost cost = rest_costs(scenario, scenario.pools[PoolId(0)]).sleep;
  const double even_s = cost.restart_j / cost.saved_w;
  double optimum_j = 0.0;
  for (std::size_t i = 1; i < best.requests.size(); ++i) {
    const double gap_s = to_seconds(best.requests[i].arrival - best.requests[i - 1].end);
    optimum_j += cost.saved_w / 1.12 * std::min(gap_s, even_s);
  }
  // It looks ten times a second.
  CHECK(waiting_j(best) == Approx(optimum_j).epsilon(0.01));
  CHECK(waiting_j(rule) <= 2.0 * optimum_j);
  CHECK(waiting_j(rule) > 1.2 * optimum_j);
  CHECK(waiting_j(kept) > 2.0 * optimum_j);
  // Whoever knows when to be back makes nobody wait.
  for (std::size_t i = 0; i + 1 < kept.requests.size(); ++i) {
    CHECK(best.requests[i].admitted == best.requests[i].arrival);
  }
  CHECK(rule.result.summary.cold_starts > 0.0);
}

TEST_CASE("histogram: replicas whose requests come every ten minutes rest at once, and are back before", "[rest]") {
  std::vector<TracedRequest> requests;
  for (int i = 0; i < 12; ++i) {
    requests.push_back({600.0 * i, 100, 20});
  }
  const TraceOnDisk trace(requests);
  Scenario scenario = fleet("histogram", 600.0 * 11 + 1.0);
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle.parameters.set("observations", 1);
  // It knows of no idle time before 600 s and looks once a minute; from then on every second. Idle times of ten minutes
  // less what a request takes lie in the tenth bin: it is back after 90 % of nine minutes, 486 s.
  const RecordedRun run = completed(
      scenario, {note_states(400.0), note_states(661.0), note_states(666.0), note_states(1070.0), note_states(1088.0),
                 note_states(1190.0), note_states(1202.0), note_states(1206.0), note_states(1690.0)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::ready), number(ReplicaState::going_to_sleep),
                                               number(ReplicaState::asleep), number(ReplicaState::asleep),
                                               number(ReplicaState::ready), number(ReplicaState::ready),
                                               number(ReplicaState::going_to_sleep), number(ReplicaState::asleep),
                                               number(ReplicaState::ready)});
  for (const RequestRecord& request : run.requests) {
    CHECK(request.admitted == request.arrival);
  }
  CHECK(run.result.summary.cold_starts == 10.0);
}

}  // namespace idlewatt
