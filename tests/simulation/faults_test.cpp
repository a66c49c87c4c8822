// Servers, accelerators and bandwidth that are lost and come back, and what becomes of requests, energy and time.
#include <cmath>
#include <vector>

#include "control/fault_plan.hpp"
#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Two nodes of four accelerators, of which a pool holds two on each; `event` is all that goes wrong.
Scenario with_fault(const FaultEvent& event, bool retried = false) {
  Scenario scenario = small_scenario(20.0, 4);
  scenario.pools[PoolId(0)].placement = PlacementOrder::spread;
  scenario.faults.retried = retried;
  scenario.faults.events = {event};
  return scenario;
}

FaultEvent crash(double at_s, double lasts_s) {
  return {.kind = FaultKind::crash, .at = to_ticks(at_s), .lasts = to_ticks(lasts_s), .server = ServerId(0)};
}

Ticks failed_ticks(const RecordedRun& run) {
  int128_t ticks = 0;
  for (const SeriesBin& bin : run.bins) {
    for (const PoolBin& pool : bin.pools) {
      ticks += pool.accelerators.ticks[AcceleratorState::failed];
    }
  }
  return static_cast<Ticks>(ticks);
}

RecordedRun checked(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);  // audits its books
  REQUIRE(run.error == "");
  const Summary& summary = run.result.summary;
  CHECK(static_cast<double>(run.requests.size()) == summary.requests_in);
  CHECK(summary.requests_in == summary.requests_served + summary.requests_rejected + summary.requests_failed +
                                   summary.requests_timed_out + summary.requests_unfinished);
  return run;
}

}  // namespace

TEST_CASE("a crash fails what its replicas had, and others are started in their place", "[faults]") {
  const RecordedRun run = checked(with_fault(crash(200.25, 60.5)));
  CHECK(run.result.summary.faults == 1.0);
  CHECK(run.result.summary.requests_failed > 5.0);
  CHECK(failed_ticks(run) == 4 * to_ticks(60.5));
  CHECK(run.result.summary.availability == Approx(1.0 - 4 * 60.5 / (8 * 600.0)));
  CHECK(run.result.summary.cold_starts == 2.0);
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::failed) {
      CHECK(record.end == to_ticks(200.25));
    }
  }
  // Up to the crash nothing differs from a fleet without it, energy included.
  const RecordedRun whole = checked(small_scenario(20.0, 4));
  CHECK(std::isnan(whole.result.summary.availability));
}

TEST_CASE("energy up to a crash is kept, and tokens of the step under way are lost", "[faults]") {
  Scenario scenario = with_fault(crash(200.25, 60.5));
  scenario.sample_every = to_ticks(200.25);
  Scenario without = scenario;
  without.faults = {};
  const RecordedRun run = checked(scenario);
  const RecordedRun whole = checked(without);
  for (const AcceleratorState i : kEveryAcceleratorState) {
    CHECK(run.bins[0].pools[PoolId(0)].accelerators.energy[i] == whole.bins[0].pools[PoolId(0)].accelerators.energy[i]);
  }
  CHECK(run.bins[0].pools[PoolId(0)].output_tokens == whole.bins[0].pools[PoolId(0)].output_tokens);
  // The audit holds both to account: each token of a step that ended is some request's.
  CHECK(run.result.summary.requests_failed > 5.0);
}

TEST_CASE("retried requests go to other replicas, and what was done for them is discarded", "[faults]") {
  const RecordedRun run = checked(with_fault(crash(200.25, 60.5), true));
  CHECK(run.result.summary.requests_failed == 0.0);
  CHECK(run.result.summary.discarded_kwh > 0.0);
  std::int64_t discarded = 0;
  for (const RequestRecord& record : run.requests) {
    discarded += record.discarded_tokens;
    CHECK((record.discarded_tokens == 0 || record.arrival < to_ticks(200.25)));
  }
  CHECK(discarded > 100);
}

TEST_CASE("clients try again after a failure", "[faults]") {
  Scenario scenario = with_fault(crash(200.25, 60.5));
  scenario.traffic[StreamId(0)].client = ClientBehaviour{.timeout_s = 1e5, .retries = 3, .backoff = {}};
  const RecordedRun run = checked(scenario);
  CHECK(run.result.summary.requests_failed == 0.0);
  CHECK(run.result.summary.retries > 5.0);
}

TEST_CASE("a server taken back with a notice that is long enough loses no request", "[faults]") {
  const FaultEvent spot{.kind = FaultKind::spot,
                        .at = to_ticks(200.0),
                        .lasts = to_ticks(100.0),
                        .notice = to_ticks(120.0),
                        .server = ServerId(0)};
  const RecordedRun run = checked(with_fault(spot));
  CHECK(run.result.summary.requests_failed == 0.0);
  CHECK(run.result.summary.faults == 1.0);
  CHECK(run.result.summary.cold_starts == 2.0);
  CHECK(failed_ticks(run) == 4 * to_ticks(100.0));
}

TEST_CASE("a lost accelerator takes its replica with it and nobody else", "[faults]") {
  const FaultEvent lost{.kind = FaultKind::accelerator,
                        .at = to_ticks(200.0),
                        .lasts = to_ticks(50.0),
                        .server = ServerId(1),
                        .accelerator = AcceleratorId(1)};
  const RecordedRun run = checked(with_fault(lost));
  CHECK(run.result.summary.faults == 1.0);
  CHECK(run.result.summary.cold_starts == 1.0);
  CHECK(failed_ticks(run) == to_ticks(50.0));
}

TEST_CASE("a slow uplink makes cold starts slow", "[faults]") {
  const auto ready_after = [](double factor) {
    Scenario scenario = small_scenario(0.0, 0);
    scenario.traffic.clear();
    scenario.pools[PoolId(0)].replicas = {.start = 0, .minimum = 0, .maximum = 1, .pending_allowed = true};
    scenario.sample_every = kTicksPerSecond;
    scenario.faults.events = {{.kind = FaultKind::uplink,
                               .at = to_ticks(10.0),
                               .lasts = to_ticks(500.0),
                               .rack = RackId(0),
                               .factor = factor}};
    const RecordedRun run = forked_run(scenario, script({set_target(20.0, 1)}));
    REQUIRE(run.error == "");
    double seconds = 0.0;
    for (const SeriesBin& bin : run.bins) {
      seconds += bin.pools[PoolId(0)].replicas[ReplicaActivity::starting] > 0 ? 1.0 : 0.0;
    }
    return seconds;
  };
  // 26.06 GB at 12.5 GB/s, and at a tenth of it.
  CHECK(ready_after(0.1) - ready_after(1.0) == Approx(9 * 26.06 / 12.5).margin(1.5));
}

TEST_CASE("steps on a slow server take as much longer, from its next boundary to the one after its end", "[faults]") {
  // One request alone, on the only replica.
  const auto latency_s = [](double factor, std::int32_t stages) {
    Scenario scenario = small_scenario(0.0, 1);
    if (stages > 1) {
      scenario.pools[PoolId(0)].parallel.pipeline = stages;
    }
    const TraceOnDisk trace({{0.0, 100, 2000}});
    trace.become_traffic(scenario);
    if (factor > 1.0) {
      scenario.faults.events = {
          {.kind = FaultKind::slow, .at = 0, .lasts = to_ticks(600.0), .server = ServerId(0), .factor = factor}};
    }
    const RecordedRun run = checked(scenario);
    REQUIRE(run.result.summary.requests_served == 1.0);
    CHECK(run.result.summary.faults == 0.0);
    return to_seconds(run.requests.at(0).end - run.requests.at(0).arrival);
  };
  CHECK(latency_s(3.0, 1) == Approx(3.0 * latency_s(1.0, 1)).epsilon(1e-6));
  // A replica on several servers is as slow as the slowest of them.
  CHECK(latency_s(3.0, 2) == Approx(3.0 * latency_s(1.0, 2)).epsilon(1e-6));
}

TEST_CASE("a slow time ends, and of several the slowest counts", "[faults]") {
  const auto served = [](std::vector<FaultEvent> events) {
    Scenario scenario = small_scenario(0.0, 1);
    const TraceOnDisk trace({{0.0, 100, 2000}});
    trace.become_traffic(scenario);
    scenario.faults.events = std::move(events);
    const RecordedRun run = checked(scenario);
    return to_seconds(run.requests.at(0).end);
  };
  const auto slow = [](double at_s, double lasts_s, double factor) {
    return FaultEvent{.kind = FaultKind::slow,
                      .at = to_ticks(at_s),
                      .lasts = to_ticks(lasts_s),
                      .server = ServerId(0),
                      .factor = factor};
  };
  const double whole = served({});
  // In ten slow seconds half of the work is done, but for a step at each end.
  CHECK(served({slow(2.0, 10.0, 2.0)}) == Approx(whole + 5.0).margin(0.05));
  CHECK(served({slow(2.0, 10.0, 2.0), slow(4.0, 4.0, 4.0)}) == Approx(whole + 3.0 + 3.0).margin(0.1));
  CHECK(served({slow(2.0, 10.0, 1.0)}) == whole);
}

TEST_CASE("every server has faults of its own, whoever stands beside it", "[faults]") {
  Scenario scenario = small_scenario(1.0, 1);
  scenario.faults.rates = {{.kind = FaultKind::crash, .mtbf_s = 3600, .mttr_s = 600}};
  const auto faults_of_first = [&] {
    const Fleet fleet(scenario);
    FaultPlan plan(scenario.faults, fleet, 5, 1'000'000 * kTicksPerSecond);
    std::vector<Ticks> times;
    while (plan.next() != kNever) {
      const Ticks at = plan.next();
      const FaultEvent event = plan.take();
      REQUIRE(event.at == at);
      if (event.server == ServerId(0)) {
        times.push_back(at);
        times.push_back(event.lasts);
      }
    }
    return times;
  };
  const std::vector<Ticks> two = faults_of_first();
  scenario.racks[RackId(0)].servers[0].count = 5;
  CHECK(faults_of_first() == two);
  // A million seconds hold about 238 of 3600 s up and 600 s down.
  CHECK(static_cast<double>(two.size()) / 2.0 == Approx(238.0).epsilon(0.2));
}

}  // namespace idlewatt
