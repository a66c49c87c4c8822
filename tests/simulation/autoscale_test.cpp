// Autoscalers at work on a fleet: pools that go to none, and what becomes of the requests that come then.
#include <cmath>
#include <string>
#include <vector>

#include "control/outstanding_meter.hpp"
#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// From an image of 10 GB and weights of 16.06 GB at 12.5 GB/s, the copy at 4 GB/s, and the engine: lifecycle_test.cpp.
constexpr double kColdStartS = (10.0 + 16.06) / 12.5 + 16.06 / 4.0 + 28.03;

/// A pool that starts without a replica, and a request every two minutes or so for an hour.
Scenario quiet(const std::string& policy) {
  Scenario scenario = small_scenario(1.0 / 120.0, 0);
  scenario.horizon = 3600 * kTicksPerSecond;
  scenario.sample_every = kTicksPerSecond;
  scenario.pools[PoolId(0)].replicas = {.start = 0, .minimum = 0, .maximum = 4, .pending_allowed = true};
  scenario.pools[PoolId(0)].autoscaling = default_choice(AutoscaleFamily::built_in(), policy);
  return scenario;
}

const RequestRecord& first_of(const RecordedRun& run) {
  REQUIRE(run.error == "");
  REQUIRE(run.requests.size() > 10);
  const RequestRecord* first = &run.requests.front();
  for (const RequestRecord& request : run.requests) {
    first = request.arrival < first->arrival ? &request : first;
  }
  return *first;
}

}  // namespace

TEST_CASE("requests x time, in whatever order they come and go", "[autoscale]") {
  OutstandingMeter meter;
  meter.come(10);
  meter.come(20);
  CHECK(meter.count() == 2);
  CHECK(meter.ticks(30) == 20 + 10);
  meter.go(40);    // told before...
  meter.come(35);  // ...what came earlier
  CHECK(meter.count() == 2);
  CHECK(meter.ticks(50) == (50 - 10) + (40 - 20) + (50 - 35));
}

TEST_CASE("without replicas requests are rejected, unless the autoscaler holds them", "[autoscale]") {
  const RecordedRun none = forked_run(quiet("static"));
  for (const RequestRecord& request : none.requests) {
    REQUIRE(request.outcome == Outcome::rejected);
  }
  for (const char* policy : {"keda", "knative-kpa", "ray-serve"}) {
    INFO(policy);
    const RecordedRun run = forked_run(quiet(policy));
    CHECK(first_of(run).outcome == Outcome::served);
    CHECK(run.requests.size() == none.requests.size());
    CHECK(run.result.summary.requests_rejected == 0);
  }
}

TEST_CASE("knative's activator and Ray's handle start the first replica at once", "[autoscale]") {
  for (const char* policy : {"knative-kpa", "ray-serve"}) {
    INFO(policy);
    Scenario scenario = quiet(policy);
    if (scenario.pools[PoolId(0)].autoscaling.name == "knative-kpa") {
      scenario.pools[PoolId(0)].autoscaling.parameters.set("initial_scale", 0);
    }
    const RecordedRun run = forked_run(scenario);
    const RequestRecord& first = first_of(run);
    CHECK(to_seconds(first.admitted - first.arrival) == Approx(kColdStartS).margin(1e-3));
  }
}

TEST_CASE("keda starts the first replica at its next poll", "[autoscale]") {
  const RecordedRun run = forked_run(quiet("keda"));
  const RequestRecord& first = first_of(run);
  const double poll_s = std::ceil(to_seconds(first.arrival) / 30.0) * 30.0;
  CHECK(to_seconds(first.admitted) == Approx(poll_s + kColdStartS).margin(1e-3));
}

TEST_CASE("a pool that may go to none does, and comes back", "[autoscale]") {
  Scenario scenario = quiet("knative-kpa");
  scenario.traffic[StreamId(0)].generated->mean_rate_rps = 1.0 / 400.0;
  const RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  std::int32_t times = 0;
  bool was_ready = false;
  for (const SeriesBin& bin : run.bins) {
    const auto in = [&](ReplicaActivity state) { return bin.pools[PoolId(0)].replicas[state]; };
    const bool is_ready = in(ReplicaActivity::busy) + in(ReplicaActivity::idle) > 0;
    times += is_ready && !was_ready ? 1 : 0;
    was_ready = is_ready;
  }
  CHECK(times > 2);
  CHECK(run.result.summary.cold_starts == times);
}

TEST_CASE("a timetable is kept by the scenario's clock", "[autoscale]") {
  Scenario scenario = quiet("scheduled");
  scenario.start_unix_s = 1'704'067'200 + 7 * 3600 + 1800;  // a Monday, 07:30
  scenario.pools[PoolId(0)].autoscaling.parameters.set_schedule(
      "schedule", {{{{true, true, true, true, true, false, false}, 8 * 3600}, 3},
                   {{{true, true, true, true, true, true, true}, 8 * 3600 + 900}, 1}});
  const RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  const auto members_at = [&](std::int64_t second) {
    const SeriesBin& bin = run.bins[static_cast<std::size_t>(second)];
    const auto in = [&](ReplicaActivity state) { return bin.pools[PoolId(0)].replicas[state]; };
    return in(ReplicaActivity::starting) + in(ReplicaActivity::busy) + in(ReplicaActivity::idle);
  };
  CHECK(members_at(0) == 1);  // since Sunday, 08:15
  CHECK(members_at(1798) == 1);
  CHECK(members_at(1801) == 3);
  CHECK(members_at(2698) == 3);
  CHECK(members_at(2701) == 1);
}

}  // namespace idlewatt
