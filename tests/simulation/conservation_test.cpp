// Nothing is lost: run() audits its books in every one of these scenarios, and what it told the recorder agrees with
// what it answered.
#include <cmath>
#include <map>
#include <set>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

std::map<Outcome, int> outcomes(const RecordedRun& run) {
  std::map<Outcome, int> counts;
  for (const RequestRecord& record : run.requests) {
    ++counts[record.outcome];
  }
  return counts;
}

struct Sums {
  Energy pools;
  Energy servers;
  Energy racks;
  int128_t accelerator_ticks = 0;
  PoolBin counts;
};

Sums sums_of(const RecordedRun& run) {
  Sums sums;
  for (const SeriesBin& bin : run.bins) {
    for (const PoolBin& pool : bin.pools) {
      sums.pools += pool.accelerators.total_energy();
      sums.accelerator_ticks += pool.accelerators.total_ticks();
      sums.counts.arrivals += pool.arrivals;
      sums.counts.completions += pool.completions;
      sums.counts.rejections += pool.rejections;
      sums.counts.output_tokens += pool.output_tokens;
    }
    for (const Energy energy : bin.servers) {
      sums.servers += energy;
    }
    for (const Energy energy : bin.racks) {
      sums.racks += energy;
    }
  }
  return sums;
}

void check_times(const RequestRecord& record, Ticks horizon) {
  INFO("request " << record.id);
  CHECK(record.arrival < horizon);
  if (record.outcome == Outcome::served) {
    CHECK(record.arrival <= record.admitted);
    CHECK(record.admitted < record.first_token);
    CHECK(record.first_token <= record.end);
    CHECK(record.end <= horizon);
    CHECK((record.output_tokens == 1) == (record.first_token == record.end));
    CHECK(record.energy_j > 0.0);
    CHECK(record.replica);
  }
}

/// Every law that can be seen from outside. Returns the run for more.
RecordedRun check_conservation(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  CHECK(run.begun);
  CHECK(run.ended);
  CHECK_FALSE(run.result.interrupted);
  const Summary& summary = run.result.summary;

  // The series is without gaps, and sums to the summary.
  Ticks until = 0;
  std::set<Ticks> lengths;
  for (const SeriesBin& bin : run.bins) {
    CHECK(bin.from == until);
    CHECK(bin.to - bin.from <= scenario.sample_every);
    until = bin.to;
    REQUIRE(bin.pools.size() == scenario.pools.size() + 1);
  }
  CHECK(until == scenario.horizon);
  const Sums sums = sums_of(run);
  CHECK(sums.pools.kwh() == Approx(summary.accelerator_energy_kwh).epsilon(1e-12));
  CHECK(sums.racks.kwh() == Approx(summary.it_energy_kwh).epsilon(1e-12));
  CHECK(sums.racks.kwh() * scenario.site.tariff.pue == Approx(summary.facility_energy_kwh).epsilon(1e-12));
  CHECK(sums.servers < sums.racks);
  CHECK(static_cast<double>(sums.accelerator_ticks) / 3600.0 / static_cast<double>(kTicksPerSecond) ==
        Approx(summary.accelerator_hours).epsilon(1e-12));

  // Every request comes in once and ends once, and is told of.
  std::set<std::int64_t> ids;
  std::int64_t tokens = 0;
  for (const RequestRecord& record : run.requests) {
    CHECK(ids.insert(record.id).second);
    check_times(record, scenario.horizon);
    tokens += record.output_tokens * (record.replica ? 1 : 0);
  }
  CHECK(static_cast<double>(run.requests.size()) == summary.requests_in);
  CHECK(run.result.costs.requests == static_cast<std::int64_t>(run.requests.size()));
  CHECK(sums.counts.arrivals == run.result.costs.requests);
  CHECK(sums.counts.output_tokens == tokens);
  std::map<Outcome, int> counts = outcomes(run);
  CHECK(counts[Outcome::served] == summary.requests_served);
  CHECK(counts[Outcome::unfinished] == summary.requests_unfinished);
  CHECK(counts[Outcome::rejected] == summary.requests_rejected);
  CHECK(counts[Outcome::rejected_too_long] == summary.requests_rejected_too_long);
  CHECK(sums.counts.completions == counts[Outcome::served]);
  CHECK(sums.counts.rejections == counts[Outcome::rejected] + counts[Outcome::rejected_too_long]);
  return run;
}

int replicas(const SeriesBin& bin, std::size_t pool, ReplicaActivity state) {
  return bin.pools[PoolId(pool)].replicas[state];
}

}  // namespace

TEST_CASE("ordinary traffic is served, and the books balance", "[conservation]") {
  const RecordedRun run = check_conservation(small_scenario(5.0, 4));
  CHECK(run.requests.size() > 2500);
  CHECK(run.result.summary.requests_served > 0.98 * run.result.summary.requests_in);
  CHECK(run.result.summary.idle_waste_share > 0.0);
  CHECK(run.result.summary.idle_waste_share < 1.0);
}

TEST_CASE("idle waste by server and rack is the ledger's where a run is one bin, and near it in many",
          "[conservation]") {
  Scenario scenario = small_scenario(5.0, 3);
  const auto idle_j = [](const RecordedRun& run) {
    double joules = 0.0;
    for (const SeriesBin& bin : run.bins) {
      for (const ServerId i : bin.servers.ids()) {
        CHECK(bin.servers_idle_j[i] >= 0.0);
        CHECK(bin.servers_idle_j[i] <= bin.servers[i].j() * (1.0 + 1e-12));
      }
      for (const RackId i : bin.racks.ids()) {
        CHECK(bin.racks_idle_j[i] <= bin.racks[i].j() * (1.0 + 1e-12));
        joules += bin.racks_idle_j[i];
      }
    }
    return joules;
  };
  const RecordedRun many = check_conservation(scenario);
  REQUIRE(many.bins.size() > 5);
  const double pue = scenario.site.tariff.pue;
  CHECK(idle_j(many) * pue / 3.6e6 == Approx(many.result.summary.idle_waste_kwh).epsilon(0.05));
  scenario.sample_every = scenario.horizon;
  const RecordedRun one = check_conservation(scenario);
  REQUIRE(one.bins.size() == 1);
  CHECK(one.bins[0].servers_idle_j.size() == 2);
  CHECK(idle_j(one) * pue / 3.6e6 == Approx(one.result.summary.idle_waste_kwh).epsilon(1e-12));
}

TEST_CASE("an overload leaves requests unfinished, none lost", "[conservation]") {
  const RecordedRun run = check_conservation(small_scenario(100.0, 2));
  CHECK(run.result.summary.requests_unfinished > 0.3 * run.result.summary.requests_in);
  CHECK(run.result.summary.slo_share < 0.2);
  CHECK(run.bins.back().pools[PoolId(0)].queue_length > 1000);
}

TEST_CASE("memory for few sequences makes replicas preempt, and the books balance", "[conservation]") {
  Scenario scenario = small_scenario(20.0, 2);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  // Weights and reserve take 18 GB; what is left holds some 5,000 tokens.
  catalog->accelerators["a100"].memory_bytes = figure(20.9e9);
  scenario.catalog = catalog;
  scenario.pools[PoolId(0)].batching = continuous_batching(64);
  const RecordedRun run = check_conservation(scenario);
  CHECK(run.result.summary.preemptions > 100);
  CHECK(run.result.summary.requests_served > 100);
}

TEST_CASE("no request at all: the fleet idles, and the books balance", "[conservation]") {
  Scenario scenario = small_scenario(5.0, 3);
  SECTION("traffic without a rate") {
    scenario.traffic[StreamId(0)].generated->mean_rate_rps = 0.0;
  }
  SECTION("no traffic") {
    scenario.traffic.clear();
  }
  const RecordedRun run = check_conservation(scenario);
  CHECK(run.requests.empty());
  CHECK(std::isnan(run.result.summary.wh_per_request));
  // Two nodes, 3 accelerators loaded and 5 empty, 12 % on top, and a switch.
  CHECK(run.result.summary.it_energy_kwh == Approx((1000 + 1.12 * (3 * 80 + 5 * 50) + 150) / 6000));
  CHECK(run.result.summary.idle_waste_share == Approx(1.0));
}

TEST_CASE("one request alone costs what the physics say", "[conservation]") {
  Scenario scenario = small_scenario(0.001, 1);
  scenario.horizon = 3600 * kTicksPerSecond;
  RecordedRun run = check_conservation(scenario);
  for (scenario.seed = 1; run.requests.size() != 1; ++scenario.seed) {
    run = check_conservation(scenario);
  }
  const RequestRecord& request = run.requests[0];
  CHECK(request.outcome == Outcome::served);
  CHECK(request.admitted == request.arrival);
  Energy busy;
  for (const SeriesBin& bin : run.bins) {
    for (const AcceleratorState state : {AcceleratorState::prefill, AcceleratorState::decode}) {
      busy += bin.pools[PoolId(0)].accelerators.energy[state];
    }
    CHECK(bin.pools[PoolId(0)].accelerators.ticks[AcceleratorState::mixed] == 0);
  }
  // All of the busy energy is this request's, but for shares rounded down.
  CHECK(request.energy_j <= busy.j());
  CHECK(request.energy_j == Approx(busy.j()).epsilon(1e-9));
}

TEST_CASE("the horizon may come in the middle of a step, and between two samples", "[conservation]") {
  Scenario scenario = small_scenario(8.0, 2);
  for (const Ticks odd : {Ticks{1}, Ticks{123'456'789}, 7 * kTicksPerSecond + 3, kTicksPerMillisecond}) {
    scenario.horizon = 60 * kTicksPerSecond + odd;
    const RecordedRun run = check_conservation(scenario);
    CHECK(run.result.summary.requests_unfinished > 0);
    CHECK(run.bins.size() == 2);
    CHECK(run.bins.back().to - run.bins.back().from == odd);
  }
}

TEST_CASE("a horizon shorter than a sample gives one bin", "[conservation]") {
  Scenario scenario = small_scenario(8.0, 2);
  scenario.horizon = 3 * kTicksPerSecond + 1;
  CHECK(check_conservation(scenario).bins.size() == 1);
}

TEST_CASE("requests that could never fit are rejected as too long", "[conservation]") {
  Scenario scenario = small_scenario(5.0, 2);
  scenario.traffic[StreamId(0)].generated->prompt_tokens = {{0, 0.5, 1}, {7000, 8000, 9000}};
  const RecordedRun run = check_conservation(scenario);
  CHECK(run.result.summary.requests_rejected_too_long > 0.3 * run.result.summary.requests_in);
  CHECK(run.result.summary.requests_served > 0);
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::rejected_too_long) {
      CHECK(record.prompt_tokens > 8192 - 400);
    } else {
      CHECK(record.prompt_tokens <= 8192);
    }
  }
}

TEST_CASE("replicas without room are pending, and counted", "[conservation]") {
  const RecordedRun run = check_conservation(small_scenario(5.0, 11));
  for (const SeriesBin& bin : run.bins) {
    CHECK(replicas(bin, 0, ReplicaActivity::pending) == 3);
    CHECK(replicas(bin, 0, ReplicaActivity::busy) + replicas(bin, 0, ReplicaActivity::idle) == 8);
  }
  CHECK(run.result.summary.pending_replica_hours == Approx(3.0 / 6.0));
  CHECK(run.result.summary.replica_hours == Approx(8.0 / 6.0));
}

TEST_CASE("a pool without a replica rejects everything", "[conservation]") {
  const RecordedRun run = check_conservation(small_scenario(5.0, 0));
  CHECK(run.result.summary.requests_in > 2000);
  CHECK(run.result.summary.requests_rejected == run.result.summary.requests_in);
}

TEST_CASE("two pools share a fleet, each serves its own traffic", "[conservation]") {
  Scenario scenario = small_scenario(3.0, 3);
  scenario.pools.add(small_pool("batch", 4));
  scenario.pools[PoolId(1)].batching = default_choice(BatchFamily::built_in(), "none");
  scenario.traffic.add(poisson("batch", 1.0, 1));
  scenario.traffic.add(poisson("more chat", 2.0, 0));
  const RecordedRun run = check_conservation(scenario);
  std::map<std::int32_t, std::set<std::int32_t>> replicas_of_pool;
  for (const RequestRecord& record : run.requests) {
    CHECK(record.pool == PoolId(record.stream == StreamId(1) ? 1 : 0));
    if (record.replica) {
      replicas_of_pool[record.pool->value()].insert(record.replica->value());
    }
  }
  CHECK(replicas_of_pool[0] == std::set<std::int32_t>{0, 1, 2});
  CHECK(replicas_of_pool[1] == std::set<std::int32_t>{0, 1, 2, 3});
  for (const SeriesBin& bin : run.bins) {
    // 3 + 4 accelerators held, 1 of the two nodes' 8 left.
    CHECK(bin.pools[PoolId(0)].accelerators.total_ticks() == 3 * (bin.to - bin.from));
    CHECK(bin.pools[PoolId(1)].accelerators.total_ticks() == 4 * (bin.to - bin.from));
    CHECK(bin.pools[PoolId(2)].accelerators.total_ticks() == bin.to - bin.from);
  }
}

TEST_CASE("two accelerators a replica: both are charged, each step is shorter", "[conservation]") {
  Scenario scenario = small_scenario(2.0, 2);
  const RecordedRun one = check_conservation(scenario);
  scenario.pools[PoolId(0)].parallel.tensor = 2;
  const RecordedRun two = check_conservation(scenario);
  for (const SeriesBin& bin : two.bins) {
    CHECK(bin.pools[PoolId(0)].accelerators.total_ticks() == 4 * (bin.to - bin.from));
    for (const int128_t ticks : bin.pools[PoolId(0)].accelerators.ticks) {
      CHECK(ticks % 2 == 0);
    }
  }
  CHECK(two.result.summary.tpot_s.p50 < one.result.summary.tpot_s.p50);
  CHECK(two.result.summary.tpot_s.p50 > 0.5 * one.result.summary.tpot_s.p50);
}

TEST_CASE("two stages a replica: the accelerators of both are charged, and its requests have all of it",
          "[conservation]") {
  Scenario scenario = small_scenario(2.0, 2);
  const RecordedRun one = check_conservation(scenario);
  scenario.pools[PoolId(0)].parallel.pipeline = 2;
  scenario.pools[PoolId(0)].parallel.tensor = 2;
  const RecordedRun four = check_conservation(scenario);
  Energy busy;
  for (const SeriesBin& bin : four.bins) {
    CHECK(bin.pools[PoolId(0)].accelerators.total_ticks() == 8 * (bin.to - bin.from));
    for (const int128_t ticks : bin.pools[PoolId(0)].accelerators.ticks) {
      CHECK(ticks % 4 == 0);
    }
    for (const AcceleratorState state :
         {AcceleratorState::prefill, AcceleratorState::decode, AcceleratorState::mixed}) {
      busy += bin.pools[PoolId(0)].accelerators.energy[state];
    }
  }
  double requests_j = 0.0;
  for (const RequestRecord& record : four.requests) {
    requests_j += record.energy_j;
  }
  CHECK(requests_j <= busy.j());  // but for a step that the horizon cuts, all of it
  CHECK(requests_j == Approx(busy.j()).epsilon(1e-3));
  // A token passes both stages one after the other: no sooner than one accelerator of twice the share would have it.
  CHECK(four.result.summary.tpot_s.p50 > 0.5 * one.result.summary.tpot_s.p50);
  CHECK(four.result.summary.tpot_s.p50 < one.result.summary.tpot_s.p50);
}

TEST_CASE("a warm-up changes what is measured, not what happens", "[conservation]") {
  Scenario scenario = small_scenario(5.0, 2);
  const RecordedRun whole = check_conservation(scenario);
  scenario.warm_up = 300 * kTicksPerSecond;
  const RecordedRun half = forked_run(scenario);
  REQUIRE(half.error == "");
  CHECK(half.requests.size() == whole.requests.size());
  CHECK(half.result.summary.requests_in < whole.result.summary.requests_in);
  CHECK(half.result.summary.facility_energy_kwh == whole.result.summary.facility_energy_kwh);
}

}  // namespace idlewatt
