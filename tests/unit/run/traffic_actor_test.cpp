// What comes next from traces and clients, without an engine.
#include "run/traffic_actor.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// The traffic of a scenario, with a fleet that nobody controls.
struct TrafficBench {
  explicit TrafficBench(Scenario of)
      : scenario(std::move(of)),
        cluster(scenario, nullptr),
        controller(scenario, cluster),
        traffic(scenario, controller, cluster.log()) {}

  Scenario scenario;
  Cluster cluster;
  FleetController controller;
  TrafficActor traffic;
};

std::vector<Ticks> times_until_the_end(TrafficActor& traffic) {
  std::vector<Ticks> times;
  for (Ticks next = traffic.next(); next != kNever; next = traffic.next()) {
    times.push_back(next);
    traffic.act(next);
  }
  return times;
}

}  // namespace

TEST_CASE("the traffic acts once for each request of a trace, in order, and ends before the horizon", "[traffic]") {
  Scenario scenario = small_scenario(2.0, 1);
  scenario.horizon = 60 * kTicksPerSecond;
  TrafficBench bench(scenario);
  const std::vector<Ticks> times = times_until_the_end(bench.traffic);
  CHECK(times.size() > 60);
  CHECK(std::is_sorted(times.begin(), times.end()));
  CHECK(times.back() < scenario.horizon);
  CHECK(bench.cluster.log().statistics().arrivals() == static_cast<std::int64_t>(times.size()));
}

TEST_CASE("a scenario without traffic has nothing to come", "[traffic]") {
  Scenario scenario = small_scenario(0.0, 1);
  scenario.traffic.clear();
  TrafficBench bench(scenario);
  CHECK(bench.traffic.next() == kNever);
}

TEST_CASE("a client of a closed loop asks again when it has its answer", "[traffic]") {
  Scenario scenario = small_scenario(1e-6, 1);
  scenario.horizon = 120 * kTicksPerSecond;
  scenario.traffic[StreamId(0)].generated->closed_loop.clients = 2;
  scenario.traffic[StreamId(0)].generated->closed_loop.think_time = {.median_s = 1.0, .sigma = 0.5};
  TrafficBench bench(scenario);
  std::int64_t most_outstanding = 0;
  for (Ticks next = bench.traffic.next(); next != kNever; next = bench.traffic.next()) {
    bench.traffic.act(next);
    most_outstanding = std::max(most_outstanding, bench.cluster.pool(PoolId(0)).meter().outstanding());
  }
  CHECK(bench.cluster.log().statistics().arrivals() > 10);
  CHECK(most_outstanding <= 2);
  CHECK(most_outstanding > 0);
}

}  // namespace idlewatt
