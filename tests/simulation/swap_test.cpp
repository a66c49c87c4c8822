// More models than accelerators: who makes room for whom, when, and how long it takes, by hand.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "control/load_times.hpp"
#include "forked_run.hpp"
#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

constexpr double kPrompt = 100;

/// When a pool's requests come, and how many tokens their answers have.
struct Calls {
  std::vector<double> at_s;
  int output_tokens = 5;
};

/// A pool for each model, and one server of so many accelerators for all; time enough between requests unless the test
/// says otherwise.
class Models {
 public:
  Models(int accelerators, const std::vector<Calls>& calls, const std::string& policy = "lru") {
    scenario = small_scenario(0.0, 1);
    auto catalog = std::make_shared<Catalog>(*small_catalog());
    catalog->servers["node"].accelerators = accelerators;
    scenario.catalog = catalog;
    scenario.racks[RackId(0)].servers[0].count = 1;
    scenario.swapping = default_choice(SwapFamily::built_in(), policy);
    scenario.horizon = to_ticks(2000);
    scenario.pools.clear();
    scenario.traffic.clear();
    for (std::size_t i = 0; i < calls.size(); ++i) {
      Pool pool = small_pool("m" + std::to_string(i), 1);
      pool.weights = pool.name;
      scenario.pools.add(pool);
      const std::string path = folder_(pool.name + ".csv");
      std::ofstream file(path);
      file << "arrival_s,prompt_tokens,output_tokens\n";
      for (const double at_s : calls[i].at_s) {
        file << at_s << ',' << kPrompt << ',' << calls[i].output_tokens << '\n';
      }
      Traffic traffic = poisson(pool.name, 0.0, static_cast<std::int32_t>(i));
      traffic.generated.reset();
      traffic.file = TraceFile{.format = &trace_format("csv"), .path = path};
      scenario.traffic.add(traffic);
    }
  }

  void set(const std::string& parameter, double value) { scenario.swapping.parameters.set(parameter, value); }
  void host_memory(double bytes) {
    auto catalog = std::make_shared<Catalog>(*scenario.catalog);
    catalog->servers["node"].host_memory_bytes = figure(bytes);
    scenario.catalog = catalog;
  }
  LoadTimes times() const { return LoadTimes::of(scenario.pools[PoolId(0)], *scenario.catalog); }
  double stop_s() const { return scenario.catalog->engines.at("plain").stop_s.value; }
  /// From host memory.
  double wake_s() const { return times().swap_s() + scenario.swapping.parameters.get("wake_time"); }
  /// Where image and weights are on the disk.
  double start_s() const { return times().read_s() + times().copy_s() + times().engine_start_s(); }
  /// Where the image is there alone, and nobody else loads.
  double first_start_s() const { return times().weight_bytes() / 12.5e9 + times().copy_s() + times().engine_start_s(); }

  RecordedRun run(const std::vector<ScriptStep>& steps = {}) const {
    RecordedRun run = forked_run(scenario, script(steps));
    REQUIRE(run.error == "");
    std::sort(run.requests.begin(), run.requests.end(),
              [](const auto& a, const auto& b) { return std::tie(a.pool, a.id) < std::tie(b.pool, b.id); });
    return run;
  }

  Scenario scenario;

 private:
  TemporaryFolder folder_;
};

/// From the arrival of the pool's n-th request to its first step.
double waited_s(const RecordedRun& run, std::int32_t pool, std::size_t n) {
  std::vector<RequestRecord> own;
  std::copy_if(run.requests.begin(), run.requests.end(), std::back_inserter(own),
               [pool](const RequestRecord& record) { return record.pool == PoolId(pool); });
  REQUIRE(own.size() > n);
  REQUIRE(own[n].outcome == Outcome::served);
  return to_seconds(own[n].admitted - own[n].arrival);
}

}  // namespace

TEST_CASE("two models on one accelerator: each wake is a copy out and a copy in over PCIe", "[swap]") {
  const Models models(1, {{{0, 400, 800}}, {{200, 600}}});
  const RecordedRun run = models.run();
  const double out_s = models.times().swap_s();
  CHECK(out_s == Approx(16.06e9 / 25e9));
  CHECK(waited_s(run, 0, 0) == 0.0);
  CHECK(waited_s(run, 1, 0) == Approx(out_s + models.first_start_s()).epsilon(1e-6));  // it was never loaded before
  CHECK(waited_s(run, 0, 1) == Approx(out_s + models.wake_s()).epsilon(1e-9));
  CHECK(waited_s(run, 1, 1) == Approx(out_s + models.wake_s()).epsilon(1e-9));
  CHECK(waited_s(run, 0, 2) == Approx(out_s + models.wake_s()).epsilon(1e-9));
  CHECK(run.result.summary.swaps == 4.0);
  CHECK(run.result.summary.cold_starts == 4.0);
  CHECK(run.result.summary.model_wait_share > 0.5);
}

TEST_CASE("to nothing, an engine stops and another starts", "[swap]") {
  Models models(1, {{{0, 400}}, {{200}}});
  models.set("to", 1);
  const RecordedRun run = models.run();
  CHECK(waited_s(run, 1, 0) == Approx(models.stop_s() + models.first_start_s()).epsilon(1e-6));
  CHECK(waited_s(run, 0, 1) == Approx(models.stop_s() + models.start_s()).epsilon(1e-6));
}

TEST_CASE("without swapping, and beside a pinned model, the second waits for ever", "[swap]") {
  for (const bool pinned : {false, true}) {
    Models models(1, {{{0}}, {{200}}}, pinned ? "lru" : "none");
    models.scenario.pools[PoolId(0)].pinned = pinned;
    const RecordedRun run = models.run();
    CHECK(run.result.summary.requests_unfinished == 1.0);
    CHECK(run.result.summary.swaps == 0.0);
  }
}

TEST_CASE("the one idle for longest makes room, or the one of the least used model", "[swap]") {
  // Of two accelerators, m0 has the one used last and m1 the one used more.
  const std::vector<Calls> calls{{{0, 150}}, {{0, 10, 20, 30}}, {{200}}};
  const auto lives = [&](const std::string& policy) {
    return Models(2, calls, policy).run({note_states(300, 0), note_states(300, 1)}).notes;
  };
  CHECK(lives("lru") == std::vector<std::int64_t>{number(ReplicaState::ready), number(ReplicaState::swapped_out)});
  CHECK(lives("least-used") ==
        std::vector<std::int64_t>{number(ReplicaState::swapped_out), number(ReplicaState::ready)});
}

TEST_CASE("nobody is pushed out before its residence is over", "[swap]") {
  Models models(1, {{{0}}, {{10}}});
  models.set("residence", 30.0);
  models.set("patience", 1000.0);
  const RecordedRun run = models.run();
  CHECK(waited_s(run, 1, 0) == Approx(20.0 + models.times().swap_s() + models.first_start_s()).epsilon(1e-6));
}

TEST_CASE("a busy replica is let finish: it makes room when it is idle, or when patience ends", "[swap]") {
  // m0 has a request every 2 s until 500 s, and each takes longer than that.
  Calls busy{{}, 400};
  for (double at_s = 0.0; at_s < 500.0; at_s += 2.0) {
    busy.at_s.push_back(at_s);
  }
  Models models(1, {busy, {{100}}});
  SECTION("with much patience") {
    models.set("patience", 1e5);
    const RecordedRun run = models.run();
    CHECK(waited_s(run, 1, 0) > 400.0);
    CHECK(run.result.summary.requests_served == run.result.summary.requests_in);
  }
  SECTION("with little") {
    models.set("patience", 5.0);
    const RecordedRun run = models.run({note_states(104.9), note_states(105.1), note_states(200)});
    CHECK(run.notes[0] == number(ReplicaState::ready));
    CHECK(run.notes[1] == number(ReplicaState::draining_for_swap));
    CHECK(waited_s(run, 1, 0) < 70.0);
    // What came to m0 meanwhile is answered when it is back; nothing is lost.
    CHECK(run.result.summary.requests_served == run.result.summary.requests_in);
    CHECK(run.result.summary.swaps == 2.0);
  }
}

TEST_CASE("where both always have work, each gets its turn", "[swap]") {
  Calls busy{{}, 200};
  for (double at_s = 0.0; at_s < 1000.0; at_s += 1.0) {
    busy.at_s.push_back(at_s);
  }
  Models models(1, {busy, busy});
  const RecordedRun run = models.run();
  CHECK(run.result.summary.requests_served == run.result.summary.requests_in);
  CHECK(run.result.summary.swaps > 20.0);
  CHECK(run.result.summary.swaps < 1000.0 / 10.0);  // no sooner than the patience of who waits
}

TEST_CASE("when host memory is full, what has slept for longest is forgotten", "[swap]") {
  Models models(1, {{{0, 800}}, {{200}}, {{400, 1200}}});
  // Room for one model: m0's goes for m1's, and m1's for m2's.
  models.host_memory(20e9);
  models.set("host_memory", 1.0);
  const RecordedRun run = models.run();
  CHECK(waited_s(run, 0, 1) == Approx(models.times().swap_s() + models.start_s()).epsilon(1e-6));
  // Its weights stay until it is awake, so there is no room for m0's, whose engine stops.
  CHECK(waited_s(run, 2, 1) == Approx(models.stop_s() + models.wake_s()).epsilon(1e-6));

  // Room for none: engines stop.
  models.host_memory(10e9);
  CHECK(waited_s(models.run(), 0, 1) == Approx(models.stop_s() + models.start_s()).epsilon(1e-6));
}

TEST_CASE("what sleeps in the memory of a server is lost with it", "[swap]") {
  Models models(1, {{{0, 900}}, {{200}}});
  models.scenario.faults.events = {
      {.kind = FaultKind::crash, .at = to_ticks(500), .lasts = to_ticks(10), .server = ServerId(0)}};
  const RecordedRun run = models.run({note_states(505, 0), note_states(505, 1)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::swapped_out), number(ReplicaState::pending)});
  // m1 was awake, so it was started anew; the rented machine came back with an empty disk.
  CHECK(waited_s(run, 0, 1) > models.times().swap_s() + models.first_start_s() - 1.0);
}

TEST_CASE("a replica of two accelerators waits until both have been left", "[swap]") {
  Models models(2, {{{0}}, {{0}}, {{200}}});
  models.scenario.pools[PoolId(2)].parallel.tensor = 2;
  const RecordedRun run = models.run({note_states(210, 0), note_states(210, 1), note_states(210, 2)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::swapped_out), number(ReplicaState::swapped_out),
                                               number(ReplicaState::starting)});
  CHECK(run.result.summary.requests_served == 3.0);
  CHECK(run.result.summary.swaps == 2.0);
}

TEST_CASE("a replica that rests on its accelerators goes first, and at once", "[swap]") {
  Models models(2, {{{0, 150}}, {{0}}, {{200}}});
  models.scenario.pools[PoolId(0)].idle = default_choice(IdleFamily::built_in(), "sleep-after");
  models.scenario.pools[PoolId(0)].idle.parameters.set("after", 20.0);
  const RecordedRun run = models.run({note_states(300, 0), note_states(300, 1)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::swapped_out), number(ReplicaState::ready)});
  CHECK(waited_s(run, 2, 0) == Approx(models.first_start_s()).epsilon(1e-6));
}

TEST_CASE("with a pool of several replicas, one is always brought back, more when there is work for them", "[swap]") {
  Calls burst{{0, 10}, 50};
  burst.at_s.insert(burst.at_s.end(), 100, 300.0);
  Models models(2, {burst, {{100}}, {{100}}});
  models.scenario.pools[PoolId(0)].replicas = {.start = 2, .minimum = 2, .maximum = 2, .pending_allowed = true};
  const RecordedRun run = models.run({note_states(200, 0), note_states(600, 0)});
  CHECK(run.notes == std::vector<std::int64_t>{number(ReplicaState::swapped_out), number(ReplicaState::swapped_out),
                                               number(ReplicaState::ready), number(ReplicaState::ready)});
  CHECK(run.result.summary.requests_served == run.result.summary.requests_in);
}

TEST_CASE("how often a run is sampled changes none of its requests, and the books balance", "[swap]") {
  std::vector<std::string> first;
  for (const double every_s : {1.0, 7.3, 600.0}) {
    Scenario scenario = small_scenario(0.0, 1);
    scenario.racks[RackId(0)].servers[0].count = 1;
    scenario.pools.clear();
    scenario.traffic.clear();
    for (std::int32_t i = 0; i < 9; ++i) {
      Pool pool = small_pool("m" + std::to_string(i), 1);
      pool.weights = pool.name;
      scenario.pools.add(pool);
      scenario.traffic.add(poisson(pool.name, 0.2 / (1 + i), i));
    }
    scenario.swapping = default_choice(SwapFamily::built_in(), "lru");
    scenario.sample_every = to_ticks(every_s);
    const RecordedRun run = forked_run(scenario);
    REQUIRE(run.error == "");  // the audit, too
    CHECK(run.result.summary.swaps > 50.0);
    std::vector<std::string> told;
    for (const RequestRecord& record : run.requests) {
      told.push_back(text(record));
    }
    if (first.empty()) {
      first = told;
    }
    CHECK(told == first);
  }
}

}  // namespace idlewatt
