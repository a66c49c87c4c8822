// Requests that several pools may answer: whatever the policy, none is lost, and each goes where it should.
#include <map>
#include <string>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// A pool of slow accelerators and one of fast ones, in that order, for one stream.
Scenario slow_and_fast(const std::string& policy, double rate_rps) {
  Scenario scenario = small_scenario(rate_rps, 2);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  Accelerator slow = catalog->accelerators["a100"];
  slow.name = "slow";
  slow.memory_bandwidth_bytes_per_s = figure(0.4e12);
  slow.memory_bytes = figure(20.9e9);
  slow.idle_empty_w = figure(10);
  slow.idle_loaded_w = figure(15);
  slow.board_limit_w = figure(80);
  for (auto& peak : slow.peak_flops) {
    peak = figure(100e12);
  }
  catalog->accelerators["slow"] = slow;
  catalog->servers["small"] = catalog->servers["node"];
  catalog->servers["small"].name = "small";
  catalog->servers["small"].accelerator = "slow";
  scenario.catalog = catalog;
  scenario.racks[RackId(0)].servers.push_back({.count = 1, .server = "small"});
  Pool pool = small_pool("slow", 3);
  pool.server = "small";
  pool.accelerator = "slow";
  scenario.pools = {pool, scenario.pools[PoolId(0)]};
  scenario.traffic[StreamId(0)].pools = {PoolId(0), PoolId(1)};
  scenario.traffic[StreamId(0)].slo = {.ttft_s = 2.0, .tpot_s = 0.2};
  scenario.routing = default_choice(PoolRouteFamily::built_in(), policy);
  return scenario;
}

std::map<std::int32_t, int> served_by(const RecordedRun& run) {
  std::map<std::int32_t, int> counts;
  for (const RequestRecord& record : run.requests) {
    counts[record.pool.value().value()] += record.outcome == Outcome::served ? 1 : 0;
  }
  return counts;
}

RecordedRun checked(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);  // audits its books
  REQUIRE(run.error == "");
  CHECK(static_cast<double>(run.requests.size()) == run.result.summary.requests_in);
  CHECK(run.result.summary.facility_energy_kwh >= run.result.summary.lower_bound_kwh);
  return run;
}

}  // namespace

TEST_CASE("every policy across pools: nothing is lost, both pools work, the same seed tells the same", "[routing]") {
  for (const PoolRouteDeclaration& declaration : PoolRouteFamily::built_in()) {
    INFO(declaration.info.name);
    const Scenario scenario = slow_and_fast(declaration.info.name, 12.0);
    const RecordedRun run = checked(scenario);
    std::map<std::int32_t, int> counts = served_by(run);
    CHECK(counts[0] > 100);
    CHECK(counts[1] > 100);
    const RecordedRun again = checked(scenario);
    REQUIRE(again.requests.size() == run.requests.size());
    for (std::size_t i = 0; i < run.requests.size(); ++i) {
      REQUIRE(text(again.requests[i]) == text(run.requests[i]));
    }
  }
}

TEST_CASE("cheapest within SLO takes less energy than an even split, and keeps the SLO", "[routing]") {
  const RecordedRun even = checked(slow_and_fast("round-robin", 4.0));
  const RecordedRun cheap = checked(slow_and_fast("cheapest-within-slo", 4.0));
  CHECK(cheap.result.summary.accelerator_energy_kwh < 0.97 * even.result.summary.accelerator_energy_kwh);
  CHECK(cheap.result.summary.slo_share > 0.95);
}

TEST_CASE("length split sends every prompt to its pool while there is room", "[routing]") {
  Scenario scenario = slow_and_fast("length-split", 1.0);
  scenario.routing.parameters.set("short", 500);
  for (const RequestRecord& record : checked(scenario).requests) {
    CHECK(record.pool == PoolId(record.prompt_tokens <= 500 ? 0 : 1));
  }
}

TEST_CASE("a pool that could not hold a request, or has no replica, is not asked", "[routing]") {
  Scenario scenario = slow_and_fast("least-outstanding", 3.0);
  SECTION("KV memory of some 5,000 tokens") {
    scenario.traffic[StreamId(0)].generated->prompt_tokens = {{0, 1}, {7000, 7500}};
    const RecordedRun run = checked(scenario);
    CHECK(run.result.summary.requests_rejected_too_long == 0.0);
    CHECK(served_by(run)[0] == 0);
  }
  SECTION("no replica") {
    scenario.pools[PoolId(0)].replicas = {.start = 0, .minimum = 0, .maximum = 3, .pending_allowed = true};
    const RecordedRun run = checked(scenario);
    CHECK(run.result.summary.requests_rejected == 0.0);
    CHECK(served_by(run)[0] == 0);
  }
  SECTION("no replica anywhere") {
    for (Pool& pool : scenario.pools) {
      pool.replicas = {.start = 0, .minimum = 0, .maximum = 3, .pending_allowed = true};
    }
    const RecordedRun run = checked(scenario);
    CHECK(run.result.summary.requests_rejected == run.result.summary.requests_in);
  }
}

TEST_CASE("every router within a pool: nothing is lost under bursts", "[routing]") {
  for (const RouteDeclaration& declaration : RouteFamily::built_in()) {
    INFO(declaration.info.name);
    Scenario scenario = small_scenario(12.0, 4);
    scenario.traffic[StreamId(0)].generated->spikes = {
        .per_day = 2000, .height_min = 3, .height_max = 6, .decay_s = 10};
    scenario.pools[PoolId(0)].routing = default_choice(RouteFamily::built_in(), declaration.info.name);
    const RecordedRun run = checked(scenario);
    CHECK(run.result.summary.requests_served > 0.9 * run.result.summary.requests_in);
  }
}

}  // namespace idlewatt
