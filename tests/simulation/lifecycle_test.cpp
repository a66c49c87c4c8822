// Replicas and servers that come and go, each step worked out by hand.
//
// A node has four accelerators; it boots in 120 s at 400 W (rented: is there after 180 s), draws 500 W while on, 10 W
// while off, and shuts down in 30 s. A start fetches an image of 10 GB and weights of 16.06 GB at 12.5 GB/s, or reads
// the weights from a disk at 2 GB/s; copies them at 4 GB/s; starts the engine in 28.03 s. A stop takes 2 s, a wake 5 s
// and the copy.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr double kImageS = 10.0 / 12.5;
constexpr double kWeightsS = 16.06 / 12.5;
constexpr double kDiskS = 16.06 / 2.0;
constexpr double kCopyS = 16.06 / 4.0;
constexpr double kEngineS = 20.0 + 8.03;
constexpr double kStopS = 2.0;
constexpr double kWakeS = 5.0 + 16.06 / 25.0;  // pinned weights, over PCIe
constexpr double kBootS = 120.0;
constexpr double kProvisionS = 180.0;
constexpr double kShutdownS = 30.0;

/// Energy of the first `loading_s` of a load onto an accelerator that begins with the image: until the engine's process
/// has its context, the accelerator draws what an empty one draws.
double loading_j(double loading_s) {
  return 50.0 * std::min(loading_s, kImageS) + 90.0 * std::max(loading_s - kImageS, 0.0);
}

/// One rack of owned nodes, no traffic, replicas within 0 and 20, bins of a second.
Scenario fleet(std::int32_t servers, std::int32_t start) {
  Scenario scenario = small_scenario(0.0, start);
  scenario.traffic.clear();
  scenario.sample_every = kTicksPerSecond;
  scenario.racks[RackId(0)].servers[0].count = servers;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.pools[PoolId(0)].replicas = {.start = start, .minimum = 0, .maximum = 20, .pending_allowed = true};
  return scenario;
}

PolicyChoice idle(const std::string& name, double after_s, double server_after_s = 0.0) {
  PolicyChoice choice = default_choice(IdleFamily::built_in(), name);
  choice.parameters.set("after", after_s);
  if (name == "power-off-after") {
    choice.parameters.set("server_after", server_after_s);
  }
  return choice;
}

RecordedRun completed(const Scenario& scenario, const std::vector<ScriptStep>& steps = {}) {
  RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  // Whatever happens, each accelerator is in one state all the time.
  for (const SeriesBin& bin : run.bins) {
    int128_t ticks = 0;
    for (const PoolBin& pool : bin.pools) {
      ticks += pool.accelerators.total_ticks();
    }
    REQUIRE(ticks % (bin.to - bin.from) == 0);
    REQUIRE(ticks / (bin.to - bin.from) == 4 * scenario.racks[RackId(0)].servers[0].count);
  }
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

double joules_in(const RecordedRun& run, AcceleratorState state, std::size_t pool = 0) {
  Energy energy;
  for (const SeriesBin& bin : run.bins) {
    energy += bin.pools[PoolId(pool)].accelerators.energy[state];
  }
  return energy.j();
}

/// Seconds of all the accelerators that a pool held.
double seconds_held(const RecordedRun& run, std::size_t pool = 0) {
  double sum = 0.0;
  for (const AcceleratorState state : kEveryAcceleratorState) {
    sum += seconds_in(run, state, pool);
  }
  return sum;
}

std::vector<std::int64_t> numbers(const std::vector<ReplicaState>& lives) {
  std::vector<std::int64_t> result;
  for (const ReplicaState life : lives) {
    result.push_back(number(life));
  }
  return result;
}

/// Notes the first server of each replica, -1 for none.
ScriptStep note_places(double at_s) {
  return {at_s, [](const ScriptRoom& room, Ticks) {
            for (const auto& replica : room.cluster.pool(PoolId(0)).replicas().all()) {
              note(replica->placement().parts.empty() ? -1 : replica->placement().parts.front().server.value());
            }
          }};
}

void check_all_served(const RecordedRun& run) {
  for (const RequestRecord& record : run.requests) {
    INFO("request " << record.id);
    CHECK(record.outcome == Outcome::served);
  }
}

/// A scenario whose one server is off between a few requests, 600 s apart; bins of 600 s.
Scenario periodic(Ownership ownership) {
  Scenario scenario = fleet(1, 1);
  scenario.racks[RackId(0)].ownership = ownership;
  scenario.racks[RackId(0)].switch_w = 0.0;
  scenario.pools[PoolId(0)].idle = idle("power-off-after", 10.0, 20.0);
  scenario.horizon = 2400 * kTicksPerSecond;
  scenario.sample_every = 600 * kTicksPerSecond;
  return scenario;
}

constexpr double kIdleS = 10.0 + kStopS + 20.0;  // from the last token to the shutdown

}  // namespace

TEST_CASE("an owned server pays for every boot, not only for the first", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 100, 1}, {600.0, 100, 1}, {1200.0, 100, 1}, {1800.0, 100, 1}});
  Scenario scenario = periodic(Ownership::owned);
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario);
  REQUIRE(run.requests.size() == 4);
  REQUIRE(run.bins.size() == 4);
  CHECK(run.result.summary.cold_starts == 3.0);
  CHECK(run.result.summary.rent_usd == 0.0);
  const double load_s = kDiskS + kCopyS + kEngineS;  // what ran at time 0 is on the disk, and stays there
  for (std::size_t cycle = 1; cycle < 4; ++cycle) {
    INFO("cycle " << cycle);
    const RequestRecord& request = run.requests[cycle];
    CHECK(to_seconds(request.admitted - request.arrival) == Approx(kBootS + load_s).epsilon(1e-6));
    const double busy_s = to_seconds(request.end - request.admitted);
    const double on_s = load_s + busy_s + kIdleS;
    const double base_j = 400.0 * kBootS + 500.0 * (on_s + kShutdownS) + 10.0 * (600.0 - kBootS - on_s - kShutdownS);
    const double accelerators_j =
        4 * 50.0 * kBootS + 3 * 50.0 * on_s + 90.0 * load_s + request.energy_j + 80.0 * (10.0 + kStopS) + 50.0 * 20.0;
    CHECK(run.bins[cycle].servers[ServerId(0)].j() == Approx(base_j + 1.12 * accelerators_j).epsilon(1e-6));
  }
}

TEST_CASE("a rented server costs nothing while it is given back, and comes back empty", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 100, 1}, {600.0, 100, 1}, {1200.0, 100, 1}, {1800.0, 100, 1}});
  Scenario scenario = periodic(Ownership::rented);
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario);
  REQUIRE(run.requests.size() == 4);
  // Somebody else had its disk meanwhile: image and weights come over the network again.
  const double load_s = kImageS + kWeightsS + kCopyS + kEngineS;
  double billed_s = std::ceil(to_seconds(run.requests[0].end) + kIdleS + kShutdownS);
  for (std::size_t cycle = 1; cycle < 4; ++cycle) {
    INFO("cycle " << cycle);
    const RequestRecord& request = run.requests[cycle];
    CHECK(to_seconds(request.admitted - request.arrival) == Approx(kProvisionS + load_s).epsilon(1e-6));
    const double on_s = load_s + to_seconds(request.end - request.admitted) + kIdleS;
    const double base_j = 400.0 * kProvisionS + 500.0 * (on_s + kShutdownS);
    const double accelerators_j = 4 * 50.0 * kProvisionS + 3 * 50.0 * on_s + loading_j(load_s) + request.energy_j +
                                  80.0 * (10.0 + kStopS) + 50.0 * 20.0;
    CHECK(run.bins[cycle].servers[ServerId(0)].j() == Approx(base_j + 1.12 * accelerators_j).epsilon(1e-6));
    billed_s += std::ceil(kProvisionS + on_s + kShutdownS);
  }
  CHECK(run.result.summary.rent_usd == Approx(16.0 * billed_s / 3600.0));
  CHECK(run.result.summary.electricity_usd == 0.0);
}

TEST_CASE("a replica that drains finishes what it has and gets nothing new", "[lifecycle]") {
  std::vector<TracedRequest> requests(6, {0.0, 200, 400});
  requests.push_back({1.5, 200, 10});
  requests.push_back({2.0, 200, 10});
  const TraceOnDisk trace(requests);
  Scenario scenario = fleet(1, 2);
  scenario.horizon = 60 * kTicksPerSecond;
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario, {set_target(1.0, 1), note_states(1.2), note_states(59.0)});
  check_all_served(run);
  CHECK(run.notes == numbers({ReplicaState::ready, ReplicaState::draining, ReplicaState::ready, ReplicaState::gone}));
  Ticks last = 0;
  int drained = 0;
  for (const RequestRecord& record : run.requests) {
    if (record.replica == ReplicaId(1)) {
      CHECK(record.arrival == 0);
      CHECK(record.output_tokens == 400);
      last = std::max(last, record.end);
      ++drained;
    }
  }
  CHECK(drained == 3);
  REQUIRE(last > kTicksPerSecond);
  // It holds its accelerator until its engine has stopped, to the tick.
  CHECK(seconds_held(run) == Approx(60.0 + to_seconds(last) + kStopS).epsilon(1e-12));
}

TEST_CASE("a spike that meets a scale-down loses nothing", "[lifecycle]") {
  std::vector<TracedRequest> requests;
  for (int i = 0; i < 400; ++i) {
    requests.push_back({0.05 * i, 300, 50});
  }
  const TraceOnDisk trace(requests);
  Scenario scenario = fleet(2, 6);
  scenario.horizon = 300 * kTicksPerSecond;
  trace.become_traffic(scenario);
  const RecordedRun run =
      completed(scenario, {set_target(5.0, 1), set_target(5.0, 6), set_target(6.0, 2), set_target(6.5, 8),
                           set_target(8.0, 1), set_target(60.0, 7), set_target(90.0, 1)});
  CHECK(run.requests.size() == 400);
  check_all_served(run);
}

TEST_CASE("a start that is cancelled has cost what it took, in each of its phases", "[lifecycle]") {
  const double begin = 10.0;
  const double booted = begin + kBootS;
  const double loaded = booted + kImageS + kWeightsS;
  // While it boots, fetches the image, the weights, copies, starts its engine.
  for (const double at : {begin + 60.0, booted + 0.4, booted + kImageS + 0.5, loaded + 2.0, loaded + kCopyS + 14.0}) {
    for (const bool by_horizon : {false, true}) {
      INFO("cancelled at " << at << (by_horizon ? " by the horizon" : ""));
      Scenario scenario = fleet(2, 0);
      scenario.pools[PoolId(0)].idle = idle("power-off-after", 1e5, 1e5);
      scenario.horizon = to_ticks(by_horizon ? at : 600.0);
      std::vector<ScriptStep> steps = {set_target(begin, 1)};
      if (!by_horizon) {
        steps.insert(steps.end(), {set_target(at, 0), note_states(at + 0.001), note_servers(at + 0.001),
                                   set_target(300.0, 1), note_idle_since(590.0)});
        scenario.horizon = 600 * kTicksPerSecond;
      }
      const RecordedRun run = completed(scenario, steps);
      const double booting_s = std::min(at - begin, kBootS);
      const double loading_s = std::max(0.0, at - booted);
      if (by_horizon) {
        CHECK(seconds_in(run, AcceleratorState::booting) == Approx(booting_s));
        CHECK(joules_in(run, AcceleratorState::booting) == Approx(50.0 * booting_s));
        CHECK(seconds_in(run, AcceleratorState::loading) == Approx(loading_s));
        CHECK(joules_in(run, AcceleratorState::loading) == Approx(loading_j(loading_s)));
        continue;
      }
      const bool boots_again = at < booted;
      REQUIRE(run.notes.size() == 4);
      CHECK(run.notes[0] == number(ReplicaState::gone));
      CHECK(run.notes[1] == number(boots_again ? ServerState::off : ServerState::on));
      CHECK(run.notes[2] == number(ServerState::off));
      // What was fetched to its end is kept.
      const double image_s = at < booted + kImageS ? kImageS : 0.0;
      const double fetch_s = image_s + (at < loaded ? kWeightsS : kDiskS);
      const double second_s = (boots_again ? kBootS : 0.0) + fetch_s + kCopyS + kEngineS;
      CHECK(to_seconds(run.notes[3]) == Approx(300.0 + second_s).epsilon(1e-6));
      // The accelerator was the pool's from each start to its end.
      CHECK(seconds_held(run) == Approx(at - begin + 300.0));
      CHECK(seconds_in(run, AcceleratorState::booting) == Approx(booting_s + (boots_again ? kBootS : 0.0)));
      CHECK(seconds_in(run, AcceleratorState::loading) ==
            Approx(loading_s + second_s - (boots_again ? kBootS : 0.0)).epsilon(1e-6));
    }
  }
}

TEST_CASE("a boot that one of two starts waits for goes on when the other is cancelled", "[lifecycle]") {
  Scenario scenario = fleet(1, 0);
  scenario.pools[PoolId(0)].idle = idle("power-off-after", 1e5, 1e5);
  const RecordedRun run = completed(scenario, {set_target(10.0, 1), set_target(40.0, 2), set_target(70.0, 1),
                                               note_servers(71.0), note_idle_since(500)});
  REQUIRE(run.notes.size() == 3);
  CHECK(run.notes[0] == number(ServerState::booting));
  CHECK(to_seconds(run.notes[1]) == Approx(10.0 + kBootS + kImageS + kWeightsS + kCopyS + kEngineS).epsilon(1e-6));
  CHECK(run.notes[2] == -1);
}

TEST_CASE("a server that shuts down finishes that before it boots again", "[lifecycle]") {
  Scenario scenario = fleet(1, 1);
  scenario.pools[PoolId(0)].idle = idle("power-off-after", 10.0, 20.0);
  // Idle from 0: unloaded at 12 s, shut down from 32 s to 62 s. Wanted again at 40 s.
  const TraceOnDisk trace({{0.0, 1, 1}, {40.0, 1, 1}});
  scenario.horizon = 400 * kTicksPerSecond;
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario);
  REQUIRE(run.requests.size() == 2);
  const double off_at_s = to_seconds(run.requests[0].end) + kIdleS + kShutdownS;
  CHECK(to_seconds(run.requests[1].admitted) == Approx(off_at_s + kBootS + kDiskS + kCopyS + kEngineS).epsilon(1e-6));
}

TEST_CASE("pending replicas are not ready, and start when room appears", "[lifecycle]") {
  Scenario scenario = fleet(1, 2);
  scenario.pools.add(scenario.pools[PoolId(0)]);
  scenario.pools[PoolId(1)].name = "other";
  const RecordedRun run = completed(scenario, {set_target(10.0, 5), note_states(11.0), note_states(101.0),
                                               set_target(102.0, 0, 1), note_states(103.0), note_idle_since(590.0)});
  const std::vector<std::int64_t> notes = run.notes;
  REQUIRE(notes.size() == 20);
  for (std::size_t look : {0, 1, 2}) {
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(notes[5 * look + i] == number(i < 2 ? ReplicaState::ready : ReplicaState::pending));
    }
  }
  // The other pool's two replicas have gone at 104 s: two start, side by side at the disk, the third stays.
  for (std::size_t i = 2; i < 4; ++i) {
    CHECK(to_seconds(notes[15 + i]) == Approx(102.0 + kStopS + 2.0 * kDiskS + kCopyS + kEngineS).epsilon(1e-6));
  }
  CHECK(notes[19] == -1);
  const SeriesBin& bin = run.bins[50];
  CHECK(bin.pools[PoolId(0)].replicas[ReplicaActivity::pending] == 3);
  CHECK(bin.pools[PoolId(0)].replicas[ReplicaActivity::idle] == 2);
  CHECK(run.result.summary.pending_replica_hours == Approx((3 * 94.0 + 496.0) / 3600.0));
}

TEST_CASE("pack fills servers and empties the emptiest, spread does the opposite", "[lifecycle]") {
  Scenario scenario = fleet(2, 3);
  scenario.horizon = 100 * kTicksPerSecond;
  const std::vector<ScriptStep> steps = {note_places(1.0), set_target(2.0, 5), note_places(60.0), set_target(61.0, 3),
                                         note_places(70.0)};
  const RecordedRun pack = completed(scenario, steps);
  CHECK(pack.notes == std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, -1, -1});
  scenario.pools[PoolId(0)].placement = PlacementOrder::spread;
  const RecordedRun spread = completed(scenario, steps);
  // 0, 2 and 4 on the first, 1 and 3 on the second: the last of the fuller one goes, then the last of two equal ones.
  CHECK(spread.notes == std::vector<std::int64_t>{0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, -1, -1});
}

TEST_CASE("requests that find every replica asleep wake one, wait for it, and are served", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 100, 10}, {101.0, 100, 10}});
  for (const std::string name : {"sleep-after", "unload-after"}) {
    INFO(name);
    Scenario scenario = fleet(1, 2);
    trace.become_traffic(scenario);
    scenario.pools[PoolId(0)].idle = idle(name, 10.0);
    scenario.horizon = 200 * kTicksPerSecond;
    const RecordedRun run = completed(scenario, {note_states(50.0), note_states(102.0)});
    const ReplicaState life = name == "sleep-after" ? ReplicaState::asleep : ReplicaState::unloaded;
    CHECK(run.notes == numbers({life, life, ReplicaState::starting, life}));
    REQUIRE(run.requests.size() == 3);
    check_all_served(run);
    const double wake_s = name == "sleep-after" ? kWakeS : kDiskS + kCopyS + kEngineS;
    for (const std::size_t request : {1, 2}) {
      CHECK(to_seconds(run.requests[request].admitted) == Approx(100.0 + wake_s).epsilon(1e-7));
      CHECK(run.requests[request].replica == ReplicaId(0));
    }
    CHECK(run.result.summary.cold_starts == 1.0);
  }
}

TEST_CASE("a request that comes while a replica goes to sleep waits until it is asleep, and wakes it", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {11.0, 1, 1}});
  Scenario scenario = fleet(1, 1);
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle = idle("sleep-after", 10.0);
  const RecordedRun run = completed(scenario);
  REQUIRE(run.requests.size() == 2);
  const double asleep_s = to_seconds(run.requests[0].end) + 10.0 + kStopS;
  CHECK(to_seconds(run.requests[1].admitted) == Approx(asleep_s + kWakeS).epsilon(1e-9));
}

TEST_CASE("a request that no replica could ever serve wakes none", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 9000, 1}});
  Scenario scenario = fleet(1, 1);
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle = idle("sleep-after", 10.0);
  const RecordedRun run = completed(scenario, {note_states(101.0)});
  CHECK(run.notes == numbers({ReplicaState::asleep}));
  CHECK(run.result.summary.cold_starts == 0.0);
}

TEST_CASE("requests whose start is cancelled are served by one that slept", "[lifecycle]") {
  // Two sleep; the request at 100 s wakes one. A scale-down to one at 101 s cancels that start: the other wakes.
  const TraceOnDisk trace({{0.0, 1, 1}, {100.0, 1, 1}});
  Scenario scenario = fleet(1, 2);
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle = idle("sleep-after", 10.0);
  const RecordedRun run = completed(scenario, {set_target(101.0, 1)});
  REQUIRE(run.requests.size() == 2);
  check_all_served(run);
  CHECK(to_seconds(run.requests[1].admitted) == Approx(101.0 + kWakeS).epsilon(1e-9));
}

TEST_CASE("at scale 0 requests are rejected; while the first replica starts they wait", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 1, 1}, {5.0, 1, 1}, {12.0, 1, 1}, {15.0, 1, 1}});
  Scenario scenario = fleet(1, 0);
  trace.become_traffic(scenario);
  const RecordedRun run = completed(scenario, {set_target(10.0, 1)});
  REQUIRE(run.requests.size() == 4);
  CHECK(run.requests[0].outcome == Outcome::rejected);
  CHECK(run.requests[1].outcome == Outcome::rejected);
  const double ready_s = 10.0 + kImageS + kWeightsS + kCopyS + kEngineS;
  for (const std::size_t request : {2, 3}) {
    CHECK(run.requests[request].outcome == Outcome::served);
    CHECK(to_seconds(run.requests[request].admitted) == Approx(ready_s).epsilon(1e-6));
  }
}

TEST_CASE("the horizon may come in the middle of a drain", "[lifecycle]") {
  const TraceOnDisk trace({{0.0, 100, 4000}});
  Scenario scenario = fleet(1, 1);
  trace.become_traffic(scenario);
  scenario.horizon = 10 * kTicksPerSecond + 7;
  const RecordedRun run = completed(scenario, {set_target(5.0, 0)});
  REQUIRE(run.requests.size() == 1);
  CHECK(run.requests[0].outcome == Outcome::unfinished);
  CHECK(run.bins.back().pools[PoolId(0)].replicas[ReplicaActivity::draining] == 1);
}

TEST_CASE("how often a run is sampled changes no request, with hpa, power-off and loads under way", "[lifecycle]") {
  Scenario scenario = small_scenario(6.0, 1);
  scenario.traffic[StreamId(0)].generated->spikes = {.per_day = 1000, .height_min = 3, .height_max = 8, .decay_s = 30};
  scenario.horizon = 1800 * kTicksPerSecond;
  scenario.pools[PoolId(0)].replicas = {.start = 1, .minimum = 1, .maximum = 8, .pending_allowed = true};
  scenario.pools[PoolId(0)].autoscaling = default_choice(AutoscaleFamily::built_in(), "hpa");
  scenario.pools[PoolId(0)].autoscaling.parameters.set("target", 6);
  scenario.pools[PoolId(0)].autoscaling.parameters.set("down_stabilization", 60);
  scenario.pools[PoolId(0)].idle = idle("power-off-after", 20.0, 10.0);
  std::vector<std::string> first;
  double energy_kwh = 0.0;
  for (const double every_s : {60.0, 1.0, 7.3}) {
    INFO("sampled every " << every_s << " s");
    scenario.sample_every = to_ticks(every_s);
    const RecordedRun run = forked_run(scenario);
    REQUIRE(run.error == "");
    std::vector<std::string> records;
    for (const RequestRecord& record : run.requests) {
      records.push_back(text(record));
    }
    if (first.empty()) {
      first = records;
      energy_kwh = run.result.summary.facility_energy_kwh;
      REQUIRE(run.result.summary.cold_starts > 5.0);
    }
    CHECK(records == first);
    CHECK(run.result.summary.facility_energy_kwh == energy_kwh);
  }
}

}  // namespace idlewatt
