// Replicas whose stages stand on several servers, each step worked out by hand.
//
// The nodes of lifecycle_test.cpp: four accelerators, a boot of 120 s at 400 W, 500 W while on, 10 W while off. An
// image of 10 GB and weights of 16.06 GB come over an uplink of 12.5 GB/s that the rack's servers share, or from disks
// at 2 GB/s; each accelerator copies its share at 4 GB/s; then the engine starts in 28.03 s.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr double kImageGb = 10.0;
constexpr double kWeightsGb = 16.06;
constexpr double kLinkGbps = 12.5;
constexpr double kDiskGbps = 2.0;
constexpr double kEngineS = 20.0 + 8.03;
constexpr double kBootS = 120.0;
constexpr double kStopS = 2.0;

double copy_s(int accelerators) {
  return kWeightsGb / accelerators / 4.0;
}

/// One rack of owned nodes and a pool of `stages` stages of `per_stage` accelerators, no traffic.
Scenario fleet(std::int32_t servers, std::int32_t stages, std::int32_t per_stage, std::int32_t start = 0) {
  Scenario scenario = small_scenario(0.0, start);
  scenario.traffic.clear();
  scenario.racks[RackId(0)].servers[0].count = servers;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.pools[PoolId(0)].replicas = {.start = start, .minimum = 0, .maximum = 20, .pending_allowed = true};
  scenario.pools[PoolId(0)].parallel.pipeline = stages;
  scenario.pools[PoolId(0)].parallel.tensor = per_stage;
  return scenario;
}

/// Another pool on the same servers.
Pool& neighbour(Scenario& scenario, std::int32_t start, std::int32_t accelerators) {
  Pool pool = small_pool("neighbour", start);
  pool.replicas.minimum = 0;
  pool.replicas.maximum = 8;
  pool.parallel.tensor = accelerators;
  scenario.pools.add(pool);
  return scenario.pools.back();
}

/// Servers without replicas are off at time 0; nothing that is loaded goes in the time of a test.
PolicyChoice starts_off(double server_after_s = 1e5) {
  PolicyChoice choice = default_choice(IdleFamily::built_in(), "power-off-after");
  choice.parameters.set("after", 1e5);
  choice.parameters.set("server_after", server_after_s);
  return choice;
}

/// Notes, part by part: the replica's server, first stage, stages and accelerators.
ScriptStep note_parts(double at_s, std::size_t replica = 0) {
  return {at_s, [replica](const ScriptRoom& room, Ticks) {
            for (const PlacementPart& part :
                 room.cluster.pool(PoolId(0)).replicas().all()[ReplicaId(replica)]->placement().parts) {
              note(part.server.value());
              note(part.first_stage);
              note(part.stages);
              note(static_cast<std::int64_t>(part.accelerators.size()));
            }
          }};
}

RecordedRun completed(const Scenario& scenario, const std::vector<ScriptStep>& steps) {
  RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  std::sort(run.requests.begin(), run.requests.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return run;
}

double seconds_in(const RecordedRun& run, AcceleratorState state, std::size_t pool = 0) {
  int128_t ticks = 0;
  for (const SeriesBin& bin : run.bins) {
    ticks += bin.pools[PoolId(pool)].accelerators.ticks[state];
  }
  return static_cast<double>(ticks) / static_cast<double>(kTicksPerSecond);
}

double joules_of_server(const RecordedRun& run, std::size_t server) {
  Energy energy;
  for (const SeriesBin& bin : run.bins) {
    energy += bin.servers[ServerId(server)];
  }
  return energy.j();
}

}  // namespace

TEST_CASE("a cold start on two servers: both boot at once, share the uplink, and are charged", "[stages]") {
  Scenario scenario = fleet(2, 2, 4);
  scenario.pools[PoolId(0)].idle = starts_off();
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), note_parts(599.0), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 9);
  CHECK(std::vector<std::int64_t>(run.notes.begin(), run.notes.begin() + 8) ==
        std::vector<std::int64_t>{0, 0, 1, 4, 1, 1, 1, 4});
  const double load_s = (kImageGb + kWeightsGb / 2.0) / (kLinkGbps / 2.0) + copy_s(8) + kEngineS;
  const double ready_s = 10.0 + kBootS + load_s;
  CHECK(to_seconds(run.notes[8]) == Approx(ready_s).margin(4e-6));  // up to 2 us for each of two transfers
  CHECK(seconds_in(run, AcceleratorState::booting) == Approx(8 * kBootS));
  CHECK(seconds_in(run, AcceleratorState::loading) == Approx(8 * load_s).epsilon(1e-6));
  CHECK(seconds_in(run, AcceleratorState::idle_loaded) == Approx(8 * (600.0 - ready_s)).epsilon(1e-6));
  const double base_j = 10.0 * 10.0 + 400.0 * kBootS + 500.0 * (600.0 - 10.0 - kBootS);
  const double image_s = kImageGb / (kLinkGbps / 2.0);
  const double accelerators_j = 4 * (50.0 * (kBootS + image_s) + 90.0 * (load_s - image_s) + 80.0 * (600.0 - ready_s));
  for (const std::size_t server : {0, 1}) {
    CHECK(joules_of_server(run, server) == Approx(base_j + 1.12 * accelerators_j).epsilon(1e-8));
  }
}

TEST_CASE("ranks of data-parallel attention on two servers load a copy each of what they hold alike", "[stages]") {
  // A dense model has no routed experts: each of two ranks of four accelerators loads all weights.
  Scenario scenario = fleet(2, 1, 4);
  scenario.pools[PoolId(0)].parallel.data_attention = 2;
  scenario.pools[PoolId(0)].idle = starts_off();
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), note_parts(599.0), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 9);
  CHECK(std::vector<std::int64_t>(run.notes.begin(), run.notes.begin() + 8) ==
        std::vector<std::int64_t>{0, 0, 1, 4, 1, 1, 1, 4});
  const double load_s = (kImageGb + kWeightsGb) / (kLinkGbps / 2.0) + copy_s(4) + kEngineS;
  CHECK(to_seconds(run.notes[8]) == Approx(10.0 + kBootS + load_s).margin(4e-6));
  CHECK(seconds_in(run, AcceleratorState::loading) == Approx(8 * load_s).epsilon(1e-6));
}

TEST_CASE("a rank of eight accelerators on two servers of four: each loads its half", "[stages]") {
  Scenario scenario = fleet(2, 1, 8);
  scenario.pools[PoolId(0)].parallel.tensor_servers = 2;
  scenario.pools[PoolId(0)].idle = starts_off();
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), note_parts(599.0), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 9);
  CHECK(std::vector<std::int64_t>(run.notes.begin(), run.notes.begin() + 8) ==
        std::vector<std::int64_t>{0, 0, 1, 4, 1, 1, 1, 4});
  const double load_s = (kImageGb + kWeightsGb / 2.0) / (kLinkGbps / 2.0) + copy_s(8) + kEngineS;
  CHECK(to_seconds(run.notes[8]) == Approx(10.0 + kBootS + load_s).margin(4e-6));
  CHECK(seconds_in(run, AcceleratorState::loading) == Approx(8 * load_s).epsilon(1e-6));
}

TEST_CASE("ranks that divide the tokens of sequences each load all weights", "[stages]") {
  Scenario scenario = fleet(2, 1, 4);
  scenario.pools[PoolId(0)].parallel.context = 2;
  scenario.pools[PoolId(0)].idle = starts_off();
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 1);
  const double load_s = (kImageGb + kWeightsGb) / (kLinkGbps / 2.0) + copy_s(4) + kEngineS;
  CHECK(to_seconds(run.notes[0]) == Approx(10.0 + kBootS + load_s).margin(4e-6));
}

TEST_CASE("ranks on one server share the files of what they hold alike, and copy it to each", "[stages]") {
  Scenario scenario = fleet(1, 1, 2);
  scenario.pools[PoolId(0)].parallel.data_attention = 2;
  scenario.pools[PoolId(0)].idle = starts_off();
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 1);
  const double load_s = (kImageGb + kWeightsGb) / kLinkGbps + copy_s(2) + kEngineS;
  CHECK(to_seconds(run.notes[0]) == Approx(10.0 + kBootS + load_s).margin(4e-6));
}

TEST_CASE("a stage on a server that is on loads while another's server boots; the last one decides", "[stages]") {
  Scenario scenario = fleet(2, 2, 2);
  neighbour(scenario, 1, 1);
  scenario.pools[PoolId(0)].idle = starts_off();
  // The neighbour has left three accelerators of the first node: room for one stage. Its image is on the disk.
  const double last_s = 100.0 + kBootS + (kImageGb + kWeightsGb / 2.0) / kLinkGbps + copy_s(4);
  SECTION("to the end") {
    const RecordedRun run = completed(scenario, {set_target(100.0, 1), note_parts(599.0), note_idle_since(599.0)});
    REQUIRE(run.notes.size() == 9);
    CHECK(std::vector<std::int64_t>(run.notes.begin(), run.notes.begin() + 8) ==
          std::vector<std::int64_t>{0, 0, 1, 2, 1, 1, 1, 2});
    const double ready_s = last_s + kEngineS;
    CHECK(to_seconds(run.notes[8]) == Approx(ready_s).epsilon(1e-8));
    // What has loaded early waits in that state.
    CHECK(seconds_in(run, AcceleratorState::loading) ==
          Approx(2 * (ready_s - 100.0) + 2 * (ready_s - 100.0 - kBootS)).epsilon(1e-6));
    CHECK(seconds_in(run, AcceleratorState::booting) == Approx(2 * kBootS));
  }
  SECTION("cancelled half-way: the boot is cut, the other server stays on and keeps what it has read") {
    const RecordedRun run = completed(scenario, {set_target(100.0, 1), set_target(150.0, 0), note_states(151.0),
                                                 note_servers(151.0), set_target(300.0, 1), note_idle_since(599.0)});
    REQUIRE(run.notes.size() == 4);
    CHECK(run.notes[0] == number(ReplicaState::gone));
    CHECK(run.notes[1] == number(ServerState::on));
    CHECK(run.notes[2] == number(ServerState::off));
    CHECK(to_seconds(run.notes[3]) == Approx(200.0 + last_s + kEngineS).epsilon(1e-8));
    const double second_s = last_s + kEngineS - 100.0;
    CHECK(seconds_in(run, AcceleratorState::loading) ==
          Approx(2 * 50.0 + 2 * second_s + 2 * (second_s - kBootS)).epsilon(1e-6));
    CHECK(seconds_in(run, AcceleratorState::booting) == Approx(2 * 50.0 + 2 * kBootS));
  }
}

TEST_CASE("several stages share a server; a start takes what policies are told, and disks keep stages", "[stages]") {
  // Three stages of two: two on the first node, one on the second.
  Scenario scenario = fleet(2, 3, 2);
  const double stage_gb = kWeightsGb / 3.0;
  const double rest_s = copy_s(6) + kEngineS;
  const std::vector<std::int64_t> first_place = {0, 0, 2, 4, 1, 2, 1, 2};
  SECTION("from the store, and again from the disks") {
    const ScriptStep look{50.0, [](const ScriptRoom& room, Ticks) {
                            note(room.lifecycle.times().cold_start(room.cluster.pool(PoolId(0))));
                          }};
    const RecordedRun run = completed(scenario, {set_target(10.0, 1), look, note_parts(100.0), note_idle_since(100.0),
                                                 set_target(200.0, 0), set_target(300.0, 1), note_idle_since(599.0)});
    REQUIRE(run.notes.size() == 11);
    CHECK(std::vector<std::int64_t>(run.notes.begin() + 1, run.notes.begin() + 9) == first_place);
    // Both fetch image and a stage at half speed, then one of them its second stage alone.
    const double start_s = (kImageGb + stage_gb) / (kLinkGbps / 2.0) + stage_gb / kLinkGbps + rest_s;
    CHECK(to_seconds(run.notes[9]) == Approx(10.0 + start_s).epsilon(1e-7));
    // Policies are told the slower of network and disk.
    CHECK(to_seconds(run.notes[0]) == Approx(std::max(start_s, 2.0 * stage_gb / kDiskGbps + rest_s)).epsilon(1e-7));
    CHECK(to_seconds(run.notes[10]) == Approx(300.0 + 2.0 * stage_gb / kDiskGbps + rest_s).epsilon(1e-7));
  }
  SECTION("in another place: what is there is read, the rest fetched") {
    neighbour(scenario, 0, 2);
    // The neighbour takes half of the first node: one stage is left there, and the second node gets two, of which it
    // has read the last before.
    const RecordedRun run = completed(scenario, {set_target(10.0, 1), set_target(200.0, 0), set_target(210.0, 1, 1),
                                                 set_target(300.0, 1), note_parts(599.0), note_idle_since(599.0)});
    REQUIRE(run.notes.size() == 9);
    CHECK(std::vector<std::int64_t>(run.notes.begin(), run.notes.begin() + 8) ==
          std::vector<std::int64_t>{0, 0, 1, 2, 1, 1, 2, 4});
    CHECK(to_seconds(run.notes[8]) ==
          Approx(300.0 + stage_gb / kDiskGbps + stage_gb / kLinkGbps + rest_s).epsilon(1e-7));
  }
}

TEST_CASE("what a policy is told of a cold start where the network is the slower: how long it takes", "[stages]") {
  for (const bool off : {false, true}) {
    for (const double store : {25e9, 3e9}) {
      for (const std::int32_t stages : {1, 2, 3, 4, 5}) {
        INFO(stages << " stages, store " << store << (off ? ", off" : ""));
        Scenario scenario = fleet(3, stages, 2);
        auto catalog = std::make_shared<Catalog>(*scenario.catalog);
        catalog->servers["node"].disk_bytes_per_s = figure(20e9);
        catalog->servers["node"].nic_bytes_per_s = figure(5e9);
        scenario.catalog = catalog;
        scenario.site.store_bytes_per_s = store;
        scenario.pools[PoolId(0)].idle = off ? starts_off() : scenario.pools[PoolId(0)].idle;
        const ScriptStep look{599.0, [](const ScriptRoom& room, Ticks) {
                                note(room.lifecycle.times().cold_start(room.cluster.pool(PoolId(0))));
                              }};
        const RecordedRun run = completed(scenario, {set_target(0.0, 1), note_idle_since(598.0), look});
        REQUIRE(run.notes.size() == 2);
        CHECK(to_seconds(run.notes[0]) == Approx(to_seconds(run.notes[1])).epsilon(1e-6));
      }
    }
  }
}

TEST_CASE("a replica that sleeps on two servers: it wakes as one, and is unloaded when they go", "[stages]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 1, 1}});
  Scenario scenario = fleet(2, 2, 4, 1);
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "sleep-after");
  scenario.pools[PoolId(0)].idle.parameters.set("after", 10.0);
  SECTION("the servers stay on") {
    const RecordedRun run = completed(scenario, {note_states(50.0)});
    CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::asleep)});
    REQUIRE(run.requests.size() == 2);
    // From pinned memory: 25 GB/s, where loading copies at 4 GB/s.
    CHECK(to_seconds(run.requests[1].admitted) == Approx(100.0 + copy_s(8) * 4.0 / 25.0 + 5.0).epsilon(1e-9));
  }
  SECTION("the first pool of these servers powers them off") {
    neighbour(scenario, 0, 1).idle = starts_off(20.0);
    std::swap(scenario.pools[PoolId(0)], scenario.pools[PoolId(1)]);
    scenario.traffic[StreamId(0)].pools = {PoolId(1)};
    const RecordedRun run =
        completed(scenario, {note_states(25.0, 1), note_states(40.0, 1), note_servers(40.0), note_servers(80.0)});
    CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::asleep), number(ReplicaState::unloaded),
                                                 number(ServerState::shutting_down), number(ServerState::shutting_down),
                                                 number(ServerState::off), number(ServerState::off)});
    REQUIRE(run.requests.size() == 2);
    CHECK(to_seconds(run.requests[1].admitted) ==
          Approx(100.0 + kBootS + kWeightsGb / 2.0 / kDiskGbps + copy_s(8) + kEngineS).epsilon(1e-8));
    CHECK(run.requests[1].outcome == Outcome::served);
  }
}

TEST_CASE("a replica that drains on two servers empties both, and a pending one takes its place", "[stages]") {
  const Scenario scenario = fleet(3, 2, 3, 1);  // a stage a node: three nodes hold one replica, and a stage's room
  const RecordedRun run =
      completed(scenario, {set_target(10.0, 2), note_states(11.0), set_target(20.0, 0), note_states(30.0),
                           set_target(40.0, 2), note_states(41.0), note_idle_since(599.0)});
  REQUIRE(run.notes.size() == 8);
  CHECK(run.notes[0] == number(ReplicaState::ready));
  CHECK(run.notes[1] == number(ReplicaState::pending));
  CHECK(run.notes[2] == number(ReplicaState::gone));
  CHECK(run.notes[3] == number(ReplicaState::gone));
  CHECK(run.notes[4] == number(ReplicaState::starting));
  CHECK(run.notes[5] == number(ReplicaState::pending));
  CHECK(to_seconds(run.notes[6]) == Approx(40.0 + kWeightsGb / 2.0 / kDiskGbps + copy_s(6) + kEngineS).epsilon(1e-7));
  CHECK(run.notes[7] == -1);
  // Three accelerators on each of two servers: from 0 to the end of the drain, and from 40 s on.
  double held_s = 0.0;
  for (const AcceleratorState state : kEveryAcceleratorState) {
    held_s += seconds_in(run, state);
  }
  CHECK(held_s == Approx(6 * (20.0 + kStopS + 560.0)).epsilon(1e-9));
}

TEST_CASE("what a pool tells its front door of a replica on two servers counts both", "[stages]") {
  Scenario scenario = fleet(2, 2, 4, 1);
  scenario.racks[RackId(0)].ownership = Ownership::rented;
  const RecordedRun run = completed(scenario, {{1.0, [](const ScriptRoom& room, Ticks) {
                                                  const ServiceFigures& figures =
                                                      room.cluster.pool(PoolId(0)).requests().service().figures();
                                                  note(figures.accelerators);
                                                  note(static_cast<std::int64_t>(figures.rent_usd_per_h));
                                                }}});
  CHECK(run.notes == std::vector<std::int64_t>{8, 32});
}

}  // namespace idlewatt
