// Racks with a power budget: they never draw more, at no moment, and who waits for power is as the policy says. A node
// of four accelerators draws 500 W and 1.12 x 50 W for each while they are empty; one at work may draw 1.12 x 350 W
// more.
#include <algorithm>
#include <string>
#include <vector>

#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr double kEmptyNodeW = 500.0 + 1.12 * 4 * 50.0;
constexpr double kReplicaW = 1.12 * 350.0;

/// A pool without replicas so far.
Pool waiting_pool(const std::string& name, std::int32_t tensor_parallel = 1) {
  Pool pool = small_pool(name, 0);
  pool.parallel.tensor = tensor_parallel;
  pool.replicas = {.start = 0, .minimum = 0, .maximum = 4, .pending_allowed = true};
  return pool;
}

PolicyChoice sleeps_after(double seconds) {
  PolicyChoice choice = default_choice(IdleFamily::built_in(), "sleep-after");
  choice.parameters.set("after", seconds);
  return choice;
}

/// One owned rack with `nodes` nodes and power for `above_w` more than they draw empty.
Scenario rack(std::int32_t nodes, double above_w) {
  Scenario scenario = small_scenario(0.0, 0);
  scenario.traffic.clear();
  scenario.pools.clear();
  scenario.racks[RackId(0)].servers[0].count = nodes;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.racks[RackId(0)].power_budget_w = 150.0 + nodes * kEmptyNodeW + above_w;
  return scenario;
}

RecordedRun completed(const Scenario& scenario, const std::vector<ScriptStep>& steps = {}) {
  RecordedRun run = forked_run(scenario, script(steps));
  REQUIRE(run.error == "");
  return run;
}

double worst_w(const RecordedRun& run) {
  double worst = 0.0;
  for (const SeriesBin& bin : run.bins) {
    worst = std::max(worst, bin.racks[RackId(0)].j() / to_seconds(bin.to - bin.from));
  }
  return worst;
}

}  // namespace

TEST_CASE("a rack never draws more than its budget, at no moment, however much is asked of it", "[power budget]") {
  Scenario scenario = small_scenario(60.0, 8);
  scenario.horizon = 20 * kTicksPerSecond;
  scenario.sample_every = 5 * kTicksPerMillisecond;  // shorter than a batch step
  const double free_w = worst_w(completed(scenario));
  for (const double replicas : {1.0, 2.0, 3.5, 8.0}) {
    INFO("power for " << replicas << " replicas");
    scenario.racks[RackId(0)].power_budget_w = 150.0 + 2 * kEmptyNodeW + replicas * kReplicaW + 0.01;
    const RecordedRun run = completed(scenario, {note_states(19.0)});
    CHECK(worst_w(run) <= scenario.racks[RackId(0)].power_budget_w);
    CHECK(std::count(run.notes.begin(), run.notes.end(), number(ReplicaState::ready)) == static_cast<int>(replicas));
    CHECK(std::count(run.notes.begin(), run.notes.end(), number(ReplicaState::pending)) ==
          8 - static_cast<int>(replicas));
    if (replicas < 3.0) {
      CHECK(free_w > scenario.racks[RackId(0)].power_budget_w);
    }
  }
}

TEST_CASE("with lower caps more replicas fit into a budget", "[power budget]") {
  Scenario scenario = small_scenario(60.0, 8);
  scenario.horizon = 20 * kTicksPerSecond;
  scenario.sample_every = 5 * kTicksPerMillisecond;
  scenario.racks[RackId(0)].power_budget_w = 150.0 + 2 * kEmptyNodeW + 4.0 * 1.12 * 150.0 + 0.01;
  scenario.pools[PoolId(0)].power_cap_w = 200.0;
  const RecordedRun run = completed(scenario, {note_states(19.0)});
  CHECK(std::count(run.notes.begin(), run.notes.end(), number(ReplicaState::ready)) == 4);
  CHECK(worst_w(run) <= scenario.racks[RackId(0)].power_budget_w);
}

TEST_CASE("a server that is off boots only where there is power for it", "[power budget]") {
  Scenario scenario = rack(2, 0.0);
  scenario.sample_every = kTicksPerSecond;
  scenario.pools = {waiting_pool("chat")};
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "power-off-after");
  // One node and three replicas, the other off at 10 W.
  scenario.racks[RackId(0)].power_budget_w = 150.0 + kEmptyNodeW + 10.0 + 3 * kReplicaW + 0.01;
  const RecordedRun run = completed(scenario, {set_target(10.0, 4), note_states(300.0), note_servers(300.0)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::ready), number(ReplicaState::ready),
                                               number(ReplicaState::ready), number(ReplicaState::pending),
                                               number(ServerState::on), number(ServerState::off)});
  CHECK(worst_w(run) <= scenario.racks[RackId(0)].power_budget_w);
}

TEST_CASE("who waits for power: first come, first pool, or the one with most to do", "[power budget]") {
  // Power for one of three. The third pool has it until 50 s; the second was wanted at 10 s, the first at 11 s, and it
  // has requests.
  const TraceOnDisk trace({{0.0, 1, 1}, {12.0, 10, 5}, {13.0, 10, 5}});
  for (const char* policy : {"fifo", "first-fit", "priority", "neediest"}) {
    INFO(policy);
    Scenario scenario = rack(1, kReplicaW + 0.01);
    scenario.pools = {waiting_pool("a"), waiting_pool("b"), waiting_pool("c")};
    scenario.pools[PoolId(2)].replicas.start = 1;
    trace.become_traffic(scenario);
    scenario.power = default_choice(PowerFamily::built_in(), policy);
    const RecordedRun run =
        completed(scenario, {set_target(10.0, 1, 1), set_target(11.0, 1, 0), note_states(49.0, 0), note_states(49.0, 1),
                             set_target(50.0, 0, 2), note_states(500.0, 0), note_states(500.0, 1)});
    const bool in_order = std::string(policy) == "fifo" || std::string(policy) == "first-fit";
    const std::int64_t ready = number(ReplicaState::ready);
    const std::int64_t pending = number(ReplicaState::pending);
    CHECK(run.notes ==
          std::vector<std::int64_t>{pending, pending, in_order ? pending : ready, in_order ? ready : pending});
  }
}

TEST_CASE("who waits for power: only some policies let small ones overtake", "[power budget]") {
  // Power for two accelerators; four are wanted at once, and then one.
  for (const char* policy : {"fifo", "first-fit", "priority", "neediest"}) {
    INFO(policy);
    Scenario scenario = rack(2, 2 * kReplicaW + 0.01);
    scenario.pools = {waiting_pool("big", 4), waiting_pool("small")};
    scenario.power = default_choice(PowerFamily::built_in(), policy);
    const RecordedRun run = completed(
        scenario, {set_target(10.0, 1, 0), set_target(11.0, 1, 1), note_states(300.0, 0), note_states(300.0, 1)});
    const bool overtakes = std::string(policy) == "first-fit" || std::string(policy) == "neediest";
    CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::pending),
                                                 number(overtakes ? ReplicaState::ready : ReplicaState::pending)});
  }
}

TEST_CASE("what waits for accelerators and not for power holds nobody up", "[power budget]") {
  Scenario scenario = rack(1, 4 * kReplicaW + 0.01);
  scenario.pools = {waiting_pool("big", 4), waiting_pool("small")};
  scenario.pools[PoolId(1)].replicas.start = 1;
  const RecordedRun run = completed(
      scenario, {set_target(10.0, 1, 0), set_target(11.0, 2, 1), note_states(300.0, 0), note_states(300.0, 1)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::pending), number(ReplicaState::ready),
                                               number(ReplicaState::ready)});
}

TEST_CASE("a sleeping replica whose requests wait wakes when another lies down", "[power budget]") {
  const TraceOnDisk trace({{0.0, 100, 20}, {60.0, 100, 20}});
  Scenario scenario = rack(1, kReplicaW + 0.01);
  scenario.sample_every = kTicksPerSecond;
  scenario.pools = {waiting_pool("a"), waiting_pool("b")};
  scenario.pools[PoolId(0)].replicas.start = 1;
  trace.become_traffic(scenario);
  scenario.pools[PoolId(0)].idle = sleeps_after(10.0);
  scenario.pools[PoolId(1)].idle = sleeps_after(100.0);
  // a sleeps from 10 s on, and b starts; the request at 60 s finds no power until b has idled for 100 s.
  RecordedRun run = completed(scenario, {set_target(5.0, 1, 1), note_states(9.0, 1), note_states(59.0, 0),
                                         note_states(59.0, 1), note_states(100.0, 0)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::pending), number(ReplicaState::asleep),
                                               number(ReplicaState::ready), number(ReplicaState::asleep)});
  std::sort(run.requests.begin(), run.requests.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  REQUIRE(run.requests.size() == 2);
  CHECK(run.requests[1].outcome == Outcome::served);
  CHECK(to_seconds(run.requests[1].admitted) > 140.0);
  CHECK(to_seconds(run.requests[1].admitted) < 180.0);
  CHECK(worst_w(run) <= scenario.racks[RackId(0)].power_budget_w);
}

}  // namespace idlewatt
