// Replicas of different models share accelerators, and hosts are lost meanwhile: as lists of effects.
#include "control_bench.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// Two pools of one replica each on one server with room for one: the replica of the second is swapped out at first.
Scenario shared_server() {
  Scenario scenario = small_scenario(1.0, 1);
  scenario.racks[RackId(0)].servers[0].count = 1;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.pools[PoolId(0)].parallel.tensor = 4;
  scenario.pools[PoolId(0)].replicas = {.start = 1, .minimum = 0, .maximum = 1, .pending_allowed = true};
  scenario.pools.add(scenario.pools[PoolId(0)]);
  scenario.pools[PoolId(1)].name = "second";
  scenario.traffic.add(poisson("second", 1.0, 1));
  scenario.swapping = default_choice(SwapFamily::built_in(), "lru");
  scenario.swapping.parameters.set("residence", 0.0);
  return scenario;
}

Request request_for(std::int32_t stream, double at_s) {
  Request request;
  request.id = stream;
  request.stream = StreamId(stream);
  request.prompt_tokens = 100;
  request.output_tokens = 10;
  request.arrival = to_ticks(at_s);
  return request;
}

}  // namespace

TEST_CASE("a request for a model that is swapped out makes an idle one leave, then start in its place", "[control]") {
  ControlBench bench(shared_server());
  REQUIRE(bench.state(0, 0) == ReplicaState::ready);
  REQUIRE(bench.state(0, 1) == ReplicaState::swapped_out);

  const Effects wanted = bench.controller().arrive(request_for(1, 10.0));
  CHECK(bench.state(0, 1) == ReplicaState::pending);
  CHECK(bench.state(0, 0) == ReplicaState::going_to_sleep);
  const ProcessId leaves = the<Wait>(wanted).process;

  const Effects leaving = bench.controller().resume(leaves, to_ticks(10.0));
  const Ticks gone = the<Wait>(leaving).until;
  CHECK(gone == to_ticks(10.0) + to_ticks(bench.pool(0).replicas().load_times().swap_s()));

  const Effects starts = bench.controller().resume(leaves, gone);
  CHECK(bench.state(0, 0) == ReplicaState::swapped_out);
  CHECK(bench.replica(0, 0).weights_cached_on() == ServerId(0));
  CHECK(bench.state(0, 1) == ReplicaState::starting);
  CHECK(only<Wait>(starts).size() == 1);
}

TEST_CASE("a server is lost in the middle of a swap: both replicas lose it, nothing goes on", "[control]") {
  Scenario scenario = shared_server();
  scenario.faults.retried = true;
  scenario.faults.events = {
      {.kind = FaultKind::crash, .at = to_ticks(10.001), .lasts = to_ticks(100.0), .server = ServerId(0)}};
  ControlBench bench(scenario);
  const std::vector<Wait> loops = only<Wait>(bench.controller().begin());
  const Wait fault = loops.back();  // the loop of the faults is the last that begins
  CHECK(fault.until == to_ticks(10.001));

  const ProcessId leaves = only<Wait>(bench.controller().arrive(request_for(1, 10.0))).front().process;
  bench.controller().resume(leaves, to_ticks(10.0));
  REQUIRE(bench.state(0, 0) == ReplicaState::going_to_sleep);

  const Effects lost = bench.controller().resume(fault.process, fault.until);
  CHECK(only<Cancel>(lost) == std::vector<Cancel>{{leaves}});
  CHECK_FALSE(bench.controller().processes().is_running(leaves));
  CHECK(bench.cluster().fleet().server(ServerId(0)).state() == ServerState::failed);
  // Both are wanted, and there is no server for them; nothing is set aside on the lost one.
  CHECK(bench.state(0, 0) == ReplicaState::pending);
  CHECK(bench.state(0, 1) == ReplicaState::pending);
  CHECK_FALSE(bench.replica(0, 0).weights_cached_on().has_value());
  for (const AcceleratorSlot& slot : bench.cluster().fleet().server(ServerId(0)).accelerators) {
    CHECK_FALSE(slot.claimed);
    CHECK_FALSE(slot.pool.has_value());
  }

  // The repaired server boots, and the replica starts that has waited longest.
  const Effects repaired = bench.controller().resume(fault.process, fault.until + to_ticks(100.0));
  CHECK(bench.state(0, 1) == ReplicaState::starting);
  CHECK(bench.state(0, 0) == ReplicaState::pending);
  CHECK_FALSE(only<Wait>(repaired).empty());
}

}  // namespace idlewatt
