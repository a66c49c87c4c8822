// Replicas start, drain and are cancelled: each act of control as the list of effects that it returns.
#include <cstdint>

#include "control_bench.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr double kUnpackS = 60.0;

/// `servers` owned nodes that are off while empty, no traffic, between 0 and 8 replicas.
Scenario nodes(std::int32_t servers, std::int32_t start) {
  Scenario scenario = small_scenario(0.0, start);
  scenario.traffic.clear();
  scenario.racks[RackId(0)].servers[0].count = servers;
  scenario.racks[RackId(0)].ownership = Ownership::owned;
  scenario.pools[PoolId(0)].replicas = {.start = start, .minimum = 0, .maximum = 8, .pending_allowed = true};
  scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "power-off-after");
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  catalog->engines.at("plain").image_unpack_s = figure(kUnpackS);
  scenario.catalog = catalog;
  return scenario;
}

/// A start on a server that is off, taken through its stages by hand.
struct StartUnderWay {
  explicit StartUnderWay(ControlBench& bench) : bench_(&bench), last_(bench.set_target(1, now_)) {
    process_ = the<Wait>(last_).process;
  }

  void go_on(Ticks takes) {
    now_ += takes;
    last_ = bench_->controller().resume(process_, now_);
  }

  ControlBench* bench_;
  Ticks now_ = to_ticks(10.0);
  Effects last_;
  ProcessId process_;
};

/// Acts of a start before the one that makes the replica ready: begin, booted, image, unpacked, weights, copied.
constexpr std::size_t kActsOfAStart = 6;

}  // namespace

TEST_CASE("a start boots the server, pulls the image, fetches weights, copies them and starts the engine",
          "[control]") {
  ControlBench bench(nodes(1, 0));
  const ServerId server(0);
  StartUnderWay start(bench);
  CHECK(start.last_ == Effects{Wait{start.process_, start.now_}});
  CHECK(bench.state(0) == ReplicaState::starting);

  start.go_on(0);
  CHECK(start.last_ == Effects{Boot{start.process_, server, start.now_ + to_ticks(120.0)}});
  CHECK(bench.cluster().fleet().server(server).state() == ServerState::booting);

  start.go_on(to_ticks(120.0));
  CHECK(start.last_ == Effects{Fetch{start.process_, server, bench.pool().engine().image_bytes.value}});
  CHECK(bench.cluster().fleet().server(server).state() == ServerState::on);
  const AcceleratorAccount& account = bench.cluster().fleet().server(server).accelerators[AcceleratorId(0)].account;
  const Energy before_the_pull = account.charged_energy();

  start.go_on(to_ticks(1.0));
  CHECK(start.last_ == Effects{Wait{start.process_, start.now_ + to_ticks(kUnpackS)}});
  CHECK_FALSE(bench.cluster().fleet().server(server).disk.has_image("image plain"));
  // Accelerators draw the watts of empty ones until the engine's process takes its context.

  start.go_on(to_ticks(kUnpackS));
  CHECK(start.last_ == Effects{Fetch{start.process_, server, bench.pool().replicas().load_times().weight_bytes()}});
  CHECK(bench.cluster().fleet().server(server).disk.has_image("image plain"));
  // Accelerators draw the watts of empty ones until the engine's process takes its context.
  CHECK(account.state() == AcceleratorState::loading);
  CHECK(account.charged_energy() - before_the_pull == bench.pool().empty_power() * to_ticks(1.0 + kUnpackS));

  start.go_on(to_ticks(2.0));
  const LoadTimes& times = bench.pool().replicas().load_times();
  CHECK(start.last_ == Effects{Wait{start.process_, start.now_ + to_ticks(times.copy_s())}});

  start.go_on(to_ticks(times.copy_s()));
  CHECK(start.last_ == Effects{Wait{start.process_, start.now_ + to_ticks(times.engine_start_s())}});
  CHECK(bench.state(0) == ReplicaState::starting);

  start.go_on(to_ticks(times.engine_start_s()));
  CHECK(start.last_.empty());
  CHECK(bench.state(0) == ReplicaState::ready);
  CHECK_FALSE(bench.controller().processes().is_running(start.process_));
}

TEST_CASE("a second start on the same server reads the weights from its disk", "[control]") {
  ControlBench bench(nodes(1, 1));
  const Effects begun = bench.set_target(2, to_ticks(5.0));
  const ProcessId process = the<Wait>(begun).process;
  const Effects effects = bench.controller().resume(process, to_ticks(5.0));
  CHECK(effects == Effects{ReadDisk{process, ServerId(0), bench.pool().replicas().load_times().weight_bytes()}});
}

TEST_CASE("starts on one server share one pull of the image", "[control]") {
  ControlBench bench(nodes(1, 0));
  const std::vector<Wait> waits = only<Wait>(bench.set_target(3, 0));
  REQUIRE(waits.size() == 3);
  const auto resume = [&](std::size_t start, double at_s) {
    return bench.controller().resume(waits[start].process, to_ticks(at_s));
  };
  for (std::size_t start = 0; start < 3; ++start) {
    resume(start, 0.0);
  }
  CHECK(only<Fetch>(resume(0, 120.0)).size() == 1);
  CHECK(resume(1, 120.0).empty());
  CHECK(resume(2, 120.0).empty());

  SECTION("the others go on when it has ended") {
    resume(0, 121.0);
    const Effects ended = resume(0, 181.0);
    CHECK(only<Wait>(ended) ==
          std::vector<Wait>{{waits[1].process, to_ticks(181.0)}, {waits[2].process, to_ticks(181.0)}});
    CHECK(only<Fetch>(resume(1, 181.0)).at(0).bytes == bench.pool().replicas().load_times().weight_bytes());
  }
  SECTION("another one pulls when the first is cancelled") {
    Effects lost;
    bench.controller().lifecycle().abandon(bench.replica(0), to_ticks(122.0), lost);
    CHECK(lost == Effects{Wait{waits[1].process, to_ticks(122.0)}, Wait{waits[2].process, to_ticks(122.0)},
                          Cancel{waits[0].process}});
    CHECK(only<Fetch>(resume(1, 122.0)).at(0).bytes == bench.pool().engine().image_bytes.value);
    CHECK(resume(2, 122.0).empty());
  }
  SECTION("one that only waits leaves nothing behind") {
    CHECK(bench.set_target(2, to_ticks(122.0)) == Effects{Cancel{waits[2].process}});
    resume(0, 123.0);
    CHECK(only<Wait>(resume(0, 183.0)) == std::vector<Wait>{{waits[1].process, to_ticks(183.0)}});
  }
}

TEST_CASE("a server whose images are preloaded starts with the weights", "[control]") {
  Scenario scenario = nodes(1, 0);
  scenario.racks[RackId(0)].images_preloaded = true;
  ControlBench bench(scenario);
  StartUnderWay start(bench);
  start.go_on(0);
  start.go_on(to_ticks(120.0));
  CHECK(start.last_ ==
        Effects{Fetch{start.process_, ServerId(0), bench.pool().replicas().load_times().weight_bytes()}});
}

TEST_CASE("a start that is cancelled at any stage leaves nothing behind", "[control]") {
  for (std::size_t stage = 0; stage <= kActsOfAStart; ++stage) {
    INFO("after " << stage << " acts");
    ControlBench bench(nodes(1, 0));
    StartUnderWay start(bench);
    for (std::size_t act = 0; act < stage; ++act) {
      start.go_on(act == 0 ? 0 : to_ticks(150.0));
    }
    REQUIRE(bench.state(0) == ReplicaState::starting);
    const Effects effects = bench.set_target(0, start.now_ + to_ticks(1.0));
    CHECK(effects == Effects{Cancel{start.process_}});
    CHECK(bench.state(0) == ReplicaState::gone);
    CHECK_FALSE(bench.controller().processes().is_running(start.process_));
    const FleetServer& server = bench.cluster().fleet().server(ServerId(0));
    // A boot for nobody is cut short; a server that is up stays up until the idle policy looks at it.
    CHECK(server.state() == (stage <= 1 ? ServerState::off : ServerState::on));
    CHECK(server.awake == 0);
    for (const AcceleratorSlot& slot : server.accelerators) {
      CHECK(slot.free());
    }
  }
}

TEST_CASE("what two starts wait for on one server is booted once, and ends for both", "[control]") {
  ControlBench bench(nodes(1, 0));
  const Effects begun = bench.set_target(2, 0);
  const std::vector<Wait> waits = only<Wait>(begun);
  REQUIRE(waits.size() == 2);
  const Effects first = bench.controller().resume(waits[0].process, 0);
  const Effects second = bench.controller().resume(waits[1].process, 0);
  CHECK(the<Boot>(first).until == to_ticks(120.0));
  CHECK(the<Wait>(second).until == to_ticks(120.0));
  // One of them is cancelled: the other still has its boot.
  CHECK(bench.set_target(1, to_ticks(60.0)) == Effects{Cancel{waits[1].process}});
  CHECK(bench.cluster().fleet().server(ServerId(0)).state() == ServerState::booting);
  CHECK(only<Fetch>(bench.controller().resume(waits[0].process, to_ticks(120.0))).size() == 1);
}

TEST_CASE("a spike that meets a scale-down: the draining replica goes, another starts in its place", "[control]") {
  Scenario scenario = small_scenario(1.0, 2);
  scenario.pools[PoolId(0)].replicas = {.start = 2, .minimum = 0, .maximum = 8, .pending_allowed = true};
  ControlBench busy(scenario);
  Request request;
  request.prompt_tokens = 100;
  request.output_tokens = 1000;
  request.arrival = to_ticks(1.0);
  for (std::int64_t id = 0; id < 2; ++id) {
    request.id = id;
    CHECK(busy.controller().arrive(Request(request)).empty());
  }
  // The target falls while a request runs at the replica that is to go: it drains.
  const Effects down = busy.set_target(1, to_ticks(1.1));
  const ProcessId drain = the<Wait>(down).process;
  const Effects waits = busy.controller().resume(drain, to_ticks(1.1));
  CHECK(the<Wait>(waits).process == drain);
  CHECK(the<Wait>(waits).until > to_ticks(1.1));
  CHECK(busy.state(1) == ReplicaState::draining);

  // The spike: two are wanted again. A draining replica is on its way out, so another one starts.
  const Effects up = busy.set_target(2, to_ticks(1.2));
  CHECK(the<Wait>(up).process != drain);
  CHECK(busy.state(1) == ReplicaState::draining);
  CHECK(busy.state(2) == ReplicaState::starting);

  // When the request is done the engine stops, and the replica is gone.
  const Effects stops = busy.controller().resume(drain, to_ticks(100.0));
  CHECK(busy.state(1) == ReplicaState::stopping);
  CHECK(the<Wait>(stops).until == to_ticks(100.0) + to_ticks(busy.pool().engine().stop_s.value));
  CHECK(busy.controller().resume(drain, the<Wait>(stops).until).empty());
  CHECK(busy.state(1) == ReplicaState::gone);
}

TEST_CASE("a replica that rests goes to host memory, which its server accounts for, and comes back", "[control]") {
  ControlBench bench(nodes(1, 1));
  Effects effects;
  bench.controller().lifecycle().rest(bench.replica(0), IdleAction::sleep, to_ticks(5.0), effects);
  const Wait goes = the<Wait>(effects);
  CHECK(bench.state(0) == ReplicaState::going_to_sleep);
  CHECK(goes.until == to_ticks(5.0) + to_ticks(bench.pool().engine().stop_s.value));
  CHECK(bench.controller().resume(goes.process, goes.until).empty());
  CHECK(bench.state(0) == ReplicaState::asleep);
  const ReplicaName name{PoolId(0), ReplicaId(0)};
  const HostMemory& memory = bench.cluster().fleet().server(ServerId(0)).memory;
  CHECK(memory.bytes_of(name) == bench.pool().replicas().load_times().weight_bytes());

  Effects woken;
  bench.controller().lifecycle().wake(bench.replica(0), to_ticks(50.0), woken);
  CHECK(the<Wait>(woken).until == to_ticks(50.0));
  CHECK(memory.bytes_of(name) == 0.0);
  const Effects loads = bench.controller().resume(the<Wait>(woken).process, to_ticks(50.0));
  CHECK(the<Wait>(loads).until == to_ticks(50.0) + to_ticks(bench.pool().replicas().load_times().wake_s()));
  CHECK(bench.controller().resume(the<Wait>(loads).process, the<Wait>(loads).until).empty());
  CHECK(bench.state(0) == ReplicaState::ready);
}

}  // namespace idlewatt
