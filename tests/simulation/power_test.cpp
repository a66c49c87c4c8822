// What a cap does to a pool, and what a server and a rack add to their accelerators.
#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Eight replicas on all accelerators of two nodes, with more to do than they can.
Scenario busy() {
  Scenario scenario = small_scenario(60.0, 8);
  scenario.horizon = 300 * kTicksPerSecond;
  scenario.sample_every = 10 * kTicksPerSecond;
  return scenario;
}

RecordedRun completed(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  return run;
}

}  // namespace

TEST_CASE("a pool with a cap never draws more, in no bin and no state, and is slower for it", "[power]") {
  constexpr double kCapW = 200.0;
  const Energy rounding = Energy::from_j(1e-6);
  Scenario scenario = busy();
  const RecordedRun free = completed(scenario);
  scenario.pools[PoolId(0)].power_cap_w = kCapW;
  const RecordedRun capped = completed(scenario);

  const Power cap = Power::from_w(kCapW);
  bool free_exceeds = false;
  for (const SeriesBin& bin : free.bins) {
    free_exceeds = free_exceeds || bin.pools[PoolId(0)].accelerators.total_energy() > cap * (bin.to - bin.from) * 8;
  }
  CHECK(free_exceeds);
  for (const SeriesBin& bin : capped.bins) {
    const AcceleratorTotals& totals = bin.pools[PoolId(0)].accelerators;
    CHECK(totals.total_energy() <= cap * (bin.to - bin.from) * 8 + rounding);
    for (const AcceleratorState state : kEveryAcceleratorState) {
      CHECK(totals.energy[state] <= cap * static_cast<Ticks>(totals.ticks[state]) + rounding);
    }
  }
  const Summary& slow = capped.result.summary;
  const Summary& fast = free.result.summary;
  CHECK(slow.accelerator_energy_kwh < fast.accelerator_energy_kwh);
  CHECK(slow.requests_served < fast.requests_served);
  CHECK(slow.tpot_s.p50 > fast.tpot_s.p50);
  CHECK(slow.ttft_s.p50 > fast.ttft_s.p50);
}

TEST_CASE("a server draws its base and a share on top of its accelerators, a rack its switches on top", "[power]") {
  for (const double rate : {0.0, 2.0, 60.0}) {
    INFO(rate << " requests a second");
    Scenario scenario = busy();
    scenario.racks[RackId(0)].servers[0].count = 1;
    scenario.racks[RackId(0)].switch_w = 250.0;
    scenario.pools = {small_pool("chat", 4)};
    scenario.traffic = {poisson("chat", rate)};
    const RecordedRun run = completed(scenario);
    for (const SeriesBin& bin : run.bins) {
      const double seconds = to_seconds(bin.to - bin.from);
      const double accelerators_j = bin.pools[PoolId(0)].accelerators.total_energy().j();
      const double server_j = 500.0 * seconds + 1.12 * accelerators_j;
      CHECK(bin.servers[ServerId(0)].j() == Approx(server_j).epsilon(1e-9));
      CHECK(bin.racks[RackId(0)].j() == Approx(server_j + 250.0 * seconds).epsilon(1e-9));
      if (rate == 0.0) {
        CHECK(accelerators_j == Approx(4 * 80.0 * seconds));
      }
    }
  }
}

}  // namespace idlewatt
