// Parked accelerators, to the tick: 80 W with the model loaded, 55 W with the cores' clock down, 52 W with the memory's
// down too; 65 ms until they are up again.
#include <algorithm>
#include <string>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kChange = 65 * kTicksPerMillisecond;
constexpr double kChangeS = 65e-3;

/// One owned node of four accelerators, whose replicas park after 10 s; 600 s.
Scenario fleet(std::int32_t replicas, double depth = 0, double wake_above = 16) {
  Scenario scenario = small_scenario(0.0, replicas);
  scenario.traffic.clear();
  scenario.racks[RackId(0)].servers[0].count = 1;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.pools[PoolId(0)].replicas = {.start = replicas, .minimum = 0, .maximum = 4, .pending_allowed = true};
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "park");
  scenario.pools[PoolId(0)].idle.parameters.set("after", 10.0);
  scenario.pools[PoolId(0)].idle.parameters.set("depth", depth);
  scenario.pools[PoolId(0)].idle.parameters.set("wake_above", wake_above);
  return scenario;
}

RecordedRun completed(const Scenario& scenario, const std::vector<ScriptStep>& steps = {}) {
  RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  std::sort(run.requests.begin(), run.requests.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return run;
}

AcceleratorTotals totals_of(const RecordedRun& run) {
  AcceleratorTotals totals;
  for (const SeriesBin& bin : run.bins) {
    totals += bin.pools[PoolId(0)].accelerators;
  }
  return totals;
}

Ticks ticks_in(const RecordedRun& run, AcceleratorState state) {
  return static_cast<Ticks>(totals_of(run).ticks[state]);
}

Energy energy_in(const RecordedRun& run, AcceleratorState state) {
  return totals_of(run).energy[state];
}

ScriptStep note_parked(double at_s) {
  return {at_s, [](const ScriptRoom& room, Ticks) {
            for (const auto& replica : room.cluster.pool(PoolId(0)).replicas().all()) {
              note(replica->parked() ? 1 : 0);
            }
          }};
}

}  // namespace

TEST_CASE("a request that finds its replica parked waits for the clocks, to the tick, and is as fast as any then",
          "[park]") {
  const TraceOnDisk trace({{0.0, 100, 20}, {100.0, 100, 20}});
  for (const double depth : {0.0, 1.0}) {
    for (const std::int32_t stages : {1, 2}) {
      INFO((depth > 0.0 ? "deep, " : "shallow, ") << stages << " stages");
      Scenario scenario = fleet(1, depth);
      scenario.pools[PoolId(0)].parallel.pipeline = stages;
      trace.become_traffic(scenario);
      const RecordedRun run = completed(scenario, {note_states(50.0), note_parked(50.0)});
      CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::ready), 1});
      REQUIRE(run.requests.size() == 2);
      const RequestRecord& hot = run.requests[0];
      const RequestRecord& cold = run.requests[1];
      CHECK(hot.admitted == hot.arrival);
      CHECK(cold.arrival == 100 * kTicksPerSecond);
      CHECK(cold.admitted == cold.arrival + kChange);
      CHECK(cold.first_token - cold.admitted == hot.first_token - hot.admitted);
      CHECK(cold.end - cold.admitted == hot.end - hot.admitted);
      CHECK(cold.energy_j == hot.energy_j);
      CHECK(run.result.summary.cold_starts == 0.0);

      // From 10 s after each end on; the change itself counts as idle_loaded.
      const Ticks after = 10 * kTicksPerSecond;
      const Ticks parked = (cold.arrival - hot.end - after) + (scenario.horizon - cold.end - after);
      CHECK(ticks_in(run, AcceleratorState::parked) == stages * parked);
      CHECK(energy_in(run, AcceleratorState::parked) == Power::from_w(depth > 0.0 ? 52.0 : 55.0) * parked * stages);
      CHECK(ticks_in(run, AcceleratorState::idle_loaded) == stages * (2 * after + kChange));
      CHECK(energy_in(run, AcceleratorState::idle_loaded) == Power::from_w(80.0) * (2 * after + kChange) * stages);
    }
  }
}

TEST_CASE("requests that come while the clocks go up wait for the same time", "[park]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 100, 20}, {100.03, 100, 20}, {100.065, 100, 20}});
  Scenario scenario = fleet(1);
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario);
  REQUIRE(run.requests.size() == 4);
  for (const std::size_t request : {1, 2, 3}) {
    CHECK(run.requests[request].admitted == 100 * kTicksPerSecond + kChange);
    CHECK(run.requests[request].outcome == Outcome::served);
  }
}

TEST_CASE("parked replicas stay so while the others have no more than wake_above each", "[park]") {
  // Three replicas, parked by 20 s. The first request at 100 s brings up one, the fourth a second.
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 10, 500}, {100.1, 10, 500}, {100.2, 10, 500}, {100.3, 10, 500}});
  Scenario scenario = fleet(3, 0, 3);
  trace.become_traffic(scenario);
  const RecordedRun run = completed(
      scenario, {note_parked(50.0), note_parked(100.01), note_parked(100.25), note_parked(100.31), note_parked(300.0)});
  CHECK(run.notes == std::vector<std::int64_t>{1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1});
  REQUIRE(run.requests.size() == 5);
  for (const std::size_t request : {1, 2, 3}) {
    CHECK(run.requests[request].replica == ReplicaId(0));
  }
  CHECK(run.requests[4].replica == ReplicaId(1));
  CHECK(to_seconds(run.requests[4].admitted) == Approx(100.3 + kChangeS).epsilon(1e-12));
}

TEST_CASE("what is parked is idle waste, and draws what it says", "[park]") {
  const Scenario scenario = fleet(4);
  const RecordedRun run = completed(scenario);
  CHECK(run.result.summary.idle_waste_share == Approx(1.0));
  const double accelerators_j = 4 * (80.0 * 10.0 + 55.0 * 590.0);
  CHECK(run.result.summary.it_energy_kwh * 3.6e6 == Approx(500.0 * 600.0 + 1.12 * accelerators_j + 150.0 * 600.0));
}

TEST_CASE("a parked replica drains like any other", "[park]") {
  const RecordedRun run = completed(fleet(2), {set_target(50.0, 1), note_states(51.0), note_states(53.0)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::ready), number(ReplicaState::stopping),
                                               number(ReplicaState::ready), number(ReplicaState::gone)});
  // One is parked from 10 s to 50 s, the other from 10 s on; the engine stops for 2 s with the clocks up.
  CHECK(ticks_in(run, AcceleratorState::parked) == (40 + 590) * kTicksPerSecond);
  CHECK(ticks_in(run, AcceleratorState::idle_loaded) == (10 + 2 + 10) * kTicksPerSecond);
}

}  // namespace idlewatt
