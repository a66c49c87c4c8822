// Cold starts that share links and disks, against max-min fair sharing worked out by hand.
//
// A start fetches the engine's image (10 GB) and the weights (141 GB) over the store's, the rack's and the server's
// link, one after the other; then copies the weights to its accelerators; then starts its engine.
#include <algorithm>
#include <string>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr double kImageGb = 10.0;
constexpr double kWeightsGb = 141.0;
constexpr double kBothGb = kImageGb + kWeightsGb;
constexpr double kEngineS = 20.0 + 70.5;  // and a second for each 1e9 parameters

/// Copying: 4 GB/s to each of a replica's accelerators.
double copy_s(int tensor_parallel) {
  return kWeightsGb / tensor_parallel / 4.0;
}
/// From the end of the last transfer to ready.
double rest_s(int tensor_parallel) {
  return copy_s(tensor_parallel) + kEngineS;
}

/// A model of 70.5e9 parameters on nodes of eight accelerators, all of them on, no replica to begin with. Links carry
/// 12.5 GB/s, that of the store 25 GB/s; disks read 2 GB/s.
Scenario big_scenario(std::int32_t servers, int tensor_parallel) {
  Scenario scenario = small_scenario(0.0, 0);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  Model big = llama_8b();
  big.name = "llama-70b";
  big.parameters = figure(70.5e9);
  big.active_parameters = figure(70.5e9);
  big.layers = 80;
  big.hidden = 8192;
  big.heads = 64;
  catalog->models["llama-70b"] = big;
  catalog->servers["node"].accelerators = 8;
  scenario.catalog = catalog;
  scenario.racks[RackId(0)].servers[0].count = servers;
  scenario.traffic.clear();
  scenario.horizon = 2000 * kTicksPerSecond;
  scenario.pools[PoolId(0)].model = "llama-70b";
  scenario.pools[PoolId(0)].parallel.tensor = tensor_parallel;
  scenario.pools[PoolId(0)].replicas = {.start = 0, .minimum = 0, .maximum = 20, .pending_allowed = true};
  return scenario;
}

/// Servers without replicas are off at time 0; nothing is unloaded in the time of a test.
PolicyChoice starts_off() {
  PolicyChoice choice = default_choice(IdleFamily::built_in(), "power-off-after");
  choice.parameters.set("after", 1e5);
  return choice;
}

/// Seconds at which the replicas became ready, by number; -1 for those that are not.
std::vector<double> ready_s(const Scenario& scenario, std::vector<ScriptStep> steps, std::size_t pools = 1) {
  for (std::size_t pool = 0; pool < pools; ++pool) {
    steps.push_back(note_idle_since(to_seconds(scenario.horizon) - 1.0, pool));
  }
  const RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  std::vector<double> seconds;
  for (const std::int64_t value : run.notes) {
    seconds.push_back(value < 0 ? -1.0 : to_seconds(value));
  }
  return seconds;
}

void check_times(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("replica " << i);
    CHECK(got[i] == Approx(expected[i]).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("cold-start storm: ten replicas share one uplink, and all are ready as late as it says", "[cold start]") {
  for (const int tensor_parallel : {8, 4}) {
    INFO("tensor parallel " << tensor_parallel);
    const std::int32_t servers = tensor_parallel == 8 ? 10 : 5;
    const Scenario scenario = big_scenario(servers, tensor_parallel);
    // Alone: 151 GB at 12.5 GB/s.
    const std::vector<double> alone = ready_s(scenario, {set_target(10.0, 1)});
    check_times(alone, {10.0 + kBothGb / 12.5 + rest_s(tensor_parallel)});
    // Together: the weights of ten, and one image for each server.
    const std::vector<double> storm = ready_s(scenario, {set_target(10.0, 10)});
    check_times(storm, std::vector<double>(
                           10, 10.0 + (servers * kImageGb + 10.0 * kWeightsGb) / 12.5 + rest_s(tensor_parallel)));
    CHECK(storm.back() - alone.back() > 100.0);
  }
}

TEST_CASE("cold-start storm: staggered starts share piece by piece", "[cold start]") {
  // 0 s: A alone at 12.5 GB/s. 5 s: B comes, 6.25 GB/s each. 9 s: C comes, 12.5 / 3 GB/s each.
  // A has 62.5 + 25 = 87.5 of 151 GB at 9 s; its last 63.5 take 15.24 s.
  const double a = 9.0 + 63.5 / (12.5 / 3.0);
  // B has 25 GB at 9 s and 88.5 when A is done; the last 62.5 at 6.25 GB/s.
  const double b = a + 62.5 / 6.25;
  // C has 63.5 GB then, 126 when B is done; the last 25 alone.
  const double c = b + 25.0 / 12.5;
  const std::vector<double> ready =
      ready_s(big_scenario(3, 8), {set_target(0.0, 1), set_target(5.0, 2), set_target(9.0, 3)});
  check_times(ready, {a + rest_s(8), b + rest_s(8), c + rest_s(8)});
}

TEST_CASE("cold-start storm: racks with an uplink each share the store's link", "[cold start]") {
  Scenario scenario = big_scenario(1, 8);
  scenario.racks.add(scenario.racks[RackId(0)]);
  scenario.site.store_bytes_per_s = 5e9;
  check_times(ready_s(scenario, {set_target(10.0, 2)}), std::vector<double>(2, 10.0 + kBothGb / 2.5 + rest_s(8)));
  // A store that is no bottleneck: each rack at its uplink's speed.
  scenario.site.store_bytes_per_s = 25e9;
  check_times(ready_s(scenario, {set_target(10.0, 2)}), std::vector<double>(2, 10.0 + kBothGb / 12.5 + rest_s(8)));
}

TEST_CASE("cold-start storm: a slow server leaves the rest of the uplink to the others", "[cold start]") {
  Scenario scenario = big_scenario(2, 8);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  catalog->servers["slow"] = catalog->servers["node"];
  catalog->servers["slow"].name = "slow";
  catalog->servers["slow"].nic_bytes_per_s = figure(1e9);
  scenario.catalog = catalog;
  scenario.racks[RackId(0)].servers.push_back({.count = 1, .server = "slow"});
  scenario.pools.add(scenario.pools[PoolId(0)]);
  scenario.pools[PoolId(1)].name = "slow";
  scenario.pools[PoolId(1)].server = "slow";
  // The slow one gets 1 GB/s throughout; two others share 11.5 GB/s.
  const double fast = 10.0 + kBothGb / 5.75 + rest_s(8);
  check_times(ready_s(scenario, {set_target(10.0, 2, 0), set_target(10.0, 1, 1)}, 2),
              {fast, fast, 10.0 + kBothGb / 1.0 + rest_s(8)});
}

TEST_CASE("a server that has loaded before reads its disk, and two at once share it", "[cold start]") {
  const Scenario scenario = big_scenario(1, 4);
  // The first from the store. Both go at 500 s, and later start again from the disk.
  const std::vector<ScriptStep> first = {set_target(0.0, 1), set_target(500.0, 0)};
  std::vector<ScriptStep> one = first;
  one.push_back(set_target(600.0, 1));
  check_times(ready_s(scenario, one), {600.0 + kWeightsGb / 2.0 + rest_s(4)});
  std::vector<ScriptStep> two = first;
  two.push_back(set_target(600.0, 2));
  check_times(ready_s(scenario, two), std::vector<double>(2, 600.0 + kWeightsGb / 1.0 + rest_s(4)));
  // The second 20 s after the first: 40 GB alone, 101 GB at half speed, then 101 GB of the other's 141 are read.
  std::vector<ScriptStep> staggered = first;
  staggered.push_back(set_target(600.0, 1));
  staggered.push_back(set_target(620.0, 2));
  check_times(ready_s(scenario, staggered), {620.0 + 101.0 + rest_s(4), 620.0 + 101.0 + 40.0 / 2.0 + rest_s(4)});
}

TEST_CASE("a start that is cancelled half-way leaves the link to the others at once", "[cold start]") {
  // Two share the link from 0 s; at 4 s the later one is cancelled: the other has 25 of 151 GB.
  const double a = 4.0 + (kBothGb - 25.0) / 12.5 + rest_s(8);
  check_times(ready_s(big_scenario(2, 8), {set_target(0.0, 2), set_target(4.0, 1)}), {a, -1.0});
  // The same at a disk: two from 600 s on, one cancelled at 630 s, when each has read 30 GB.
  check_times(ready_s(big_scenario(1, 4),
                      {set_target(0.0, 1), set_target(500.0, 0), set_target(600.0, 2), set_target(630.0, 1)}),
              {630.0 + (kWeightsGb - 30.0) / 2.0 + rest_s(4), -1.0});
}

TEST_CASE("boots are not shared: every server takes its own, then they share the link", "[cold start]") {
  for (const Ownership ownership : {Ownership::rented, Ownership::owned}) {
    Scenario scenario = big_scenario(4, 8);
    scenario.racks[RackId(0)].ownership = ownership;
    scenario.pools[PoolId(0)].idle = starts_off();
    const double boot_s = ownership == Ownership::rented ? 180.0 : 120.0;
    check_times(ready_s(scenario, {set_target(10.0, 4)}),
                std::vector<double>(4, 10.0 + boot_s + 4.0 * kBothGb / 12.5 + rest_s(8)));
  }
}

TEST_CASE("what a policy is told of a cold start is how long one takes alone", "[cold start]") {
  constexpr double kUnpackS = 30.0;
  for (const auto& [off, preloaded] : {std::pair(false, false), {true, false}, {true, true}}) {
    for (const double store : {25e9, 3e9}) {
      for (const double disk : {2e9, 20e9}) {
        Scenario scenario = big_scenario(1, 8);
        auto catalog = std::make_shared<Catalog>(*scenario.catalog);
        catalog->servers["node"].disk_bytes_per_s = figure(disk);
        catalog->engines["plain"].image_unpack_s = figure(kUnpackS);
        scenario.catalog = catalog;
        scenario.racks[RackId(0)].images_preloaded = preloaded;
        scenario.site.store_bytes_per_s = store;
        scenario.pools[PoolId(0)].idle = off ? starts_off() : scenario.pools[PoolId(0)].idle;
        const ScriptStep look{1900.0, [](const ScriptRoom& room, Ticks) {
                                note(room.lifecycle.times().cold_start(room.cluster.pool(PoolId(0))));
                              }};
        const std::vector<double> times = ready_s(scenario, {set_target(0.0, 1), look});
        REQUIRE(times.size() == 2);
        // Where the disk is slower than the network, a later start may take longer than the first.
        const double fetched_gb = preloaded ? kWeightsGb : kBothGb;
        const double load_s = fetched_gb * 1e9 / std::min(store, 12.5e9) + (preloaded ? 0.0 : kUnpackS);
        const double slower_s = std::max(0.0, kWeightsGb * 1e9 / disk - load_s);
        CHECK(times[0] == Approx(times[1] + slower_s).epsilon(1e-6));
      }
    }
  }
}

}  // namespace idlewatt
