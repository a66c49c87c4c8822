// Prompts in one pool, answers in another: what travels, how long that takes, and what becomes of requests on the way.
#include <algorithm>
#include <string>
#include <vector>

#include "scenario/catalog/kv_bytes.hpp"
#include "script.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

constexpr double kTokenBytes = 32 * 2 * 8 * 128 * 2;  ///< of the tests' model: layers, K and V, heads, size, bytes
constexpr double kNic = 12.5e9;                       ///< of a "node"

/// Prompts on a "node", answers on an "other", whose network is so fast.
Scenario roles(double other_nic = kNic) {
  Scenario scenario = small_scenario(0.0, 1);
  auto catalog = std::make_shared<Catalog>(*small_catalog());
  Server other = catalog->servers.at("node");
  other.name = "other";
  other.nic_bytes_per_s = figure(other_nic);
  other.boot_s = other.provision_s = figure(4);
  catalog->servers["other"] = other;
  scenario.catalog = catalog;
  scenario.horizon = 60 * kTicksPerSecond;
  scenario.racks = {{.servers = {{.count = 2, .server = "node"}, {.count = 2, .server = "other"}},
                     .uplink_bytes_per_s = 12.5e9,
                     .switch_w = 150,
                     .ownership = {}}};
  scenario.pools = {small_pool("prompts", 1), small_pool("answers", 1)};
  scenario.pools[PoolId(0)].role = PoolRole::prefill;
  scenario.pools[PoolId(0)].decode_pool = PoolId(1);
  scenario.pools[PoolId(1)].role = PoolRole::decode;
  scenario.pools[PoolId(1)].server = "other";
  return scenario;
}

RecordedRun checked(const Scenario& scenario, const Prepare& prepare = {}) {
  RecordedRun run = forked_run(scenario, prepare);  // audits its books
  REQUIRE(run.error == "");
  REQUIRE(run.signal == 0);
  const Summary& summary = run.result.summary;
  CHECK(static_cast<double>(run.requests.size()) == summary.requests_in);
  CHECK(summary.requests_in == summary.requests_served + summary.requests_rejected + summary.requests_failed +
                                   summary.requests_timed_out + summary.requests_unfinished +
                                   summary.requests_rejected_too_long);
  return run;
}

RecordedRun of_requests(Scenario scenario, const std::vector<TracedRequest>& requests, const Prepare& prepare = {}) {
  const TraceOnDisk trace(requests);
  trace.become_traffic(scenario);
  return checked(scenario, prepare);
}

double with(const RecordedRun& run, Outcome outcome) {
  return static_cast<double>(std::count_if(run.requests.begin(), run.requests.end(),
                                           [=](const RequestRecord& record) { return record.outcome == outcome; }));
}

/// A network so slow that the KV cache of 1,000 tokens travels for ten seconds.
constexpr double kSlow = 1000 * kTokenBytes / 10.0;

}  // namespace

TEST_CASE("the KV cache of a token has the size that its model says", "[disaggregated]") {
  Catalog catalog = *small_catalog();
  Pool pool = small_pool("one", 1);
  CHECK(kv_bytes_per_token(pool, catalog) == kTokenBytes);
  pool.kv_format = KvFormat::fp8;
  CHECK(kv_bytes_per_token(pool, catalog) == kTokenBytes / 2);
  CHECK(kv_bytes_of(pool, catalog, 1000) == 1000 * kTokenBytes / 2);
  pool.kv_format = KvFormat::automatic;
  Model& model = catalog.models["llama-70b"] = catalog.models.at("llama-8b");
  model.layers = 80;
  pool.model = "llama-70b";
  pool.parallel.tensor = 4;
  CHECK(kv_bytes_per_token(pool, catalog) == 327'680.0);
}

TEST_CASE("a request goes on when its KV cache has crossed the slowest link", "[disaggregated]") {
  for (const double nic : {kNic, 1e9}) {
    const RecordedRun run = of_requests(roles(nic), {{0.0, 1000, 50}});
    const Summary& summary = run.result.summary;
    CHECK(summary.kv_transfers == 1.0);
    CHECK(summary.kv_sent_gb == Approx(1000 * kTokenBytes / 1e9));
    CHECK(summary.kv_transfer_mean_s == Approx(1000 * kTokenBytes / nic).margin(4e-6));
    REQUIRE(run.requests.size() == 1);
    const RequestRecord& record = run.requests[0];
    CHECK(record.outcome == Outcome::served);
    CHECK(record.pool == PoolId(1));
    CHECK(record.output_tokens == 50);
    // The gap after the first token is the transfer and a decode step.
    CHECK(to_seconds(record.worst_gap) > 1000 * kTokenBytes / nic);
    CHECK(to_seconds(record.worst_gap) < 1000 * kTokenBytes / nic + 0.1);
  }
  // Between two racks their uplinks are crossed as well, by both directions' traffic.
  Scenario far = roles();
  far.racks = {
      {.servers = {{.count = 1, .server = "node"}}, .uplink_bytes_per_s = 2e9, .switch_w = 0, .ownership = {}},
      {.servers = {{.count = 1, .server = "other"}}, .uplink_bytes_per_s = 5e9, .switch_w = 0, .ownership = {}}};
  CHECK(of_requests(far, {{0.0, 1000, 50}}).result.summary.kv_transfer_mean_s ==
        Approx(1000 * kTokenBytes / 2e9).margin(4e-6));
  // Stages of the two sides on several servers: each sends what the other needs, side by side.
  Scenario stages = roles(1e9);
  stages.pools[PoolId(1)].parallel.pipeline = 8;
  CHECK(of_requests(stages, {{0.0, 1000, 50}}).result.summary.kv_transfer_mean_s ==
        Approx(500 * kTokenBytes / 1e9).margin(4e-6));
}

TEST_CASE("two KV caches share a link", "[disaggregated]") {
  // Two prompts of one step are handed over at once.
  const RecordedRun run = of_requests(roles(1e9), {{0.0, 1000, 50}, {0.0, 1000, 50}});
  CHECK(run.result.summary.kv_transfers == 2.0);
  CHECK(run.result.summary.kv_transfer_mean_s == Approx(2000 * kTokenBytes / 1e9).margin(4e-6));
}

TEST_CASE("layer by layer, only the last layer is waited for where the rest had the time", "[disaggregated]") {
  Scenario scenario = roles(12.5e9);
  scenario.pools[PoolId(0)].kv_transfer = KvTransfer::layer_wise;
  const RecordedRun fast = of_requests(scenario, {{0.0, 1000, 50}});
  CHECK(fast.result.summary.kv_sent_gb == Approx(1000 * kTokenBytes / 1e9));
  CHECK(fast.result.summary.kv_transfer_mean_s == Approx(1000 * kTokenBytes / 32 / 12.5e9).margin(4e-6));
  // On a slow link most of it is still under way when the prompt is done; never more than after the prompt.
  Scenario slow = roles(0.1e9);
  slow.pools[PoolId(0)].kv_transfer = KvTransfer::layer_wise;
  const RecordedRun waited = of_requests(slow, {{0.0, 1000, 50}});
  const double ttft_s = to_seconds(waited.requests[0].first_token);
  CHECK(waited.result.summary.kv_transfer_mean_s == Approx(1000 * kTokenBytes / 0.1e9 - ttft_s).margin(8e-6));
}

TEST_CASE("the first token does not depend on what comes after it, and one token never travels", "[disaggregated]") {
  Scenario alone = roles();
  alone.pools[PoolId(0)].role = PoolRole::both;
  alone.pools[PoolId(0)].decode_pool = std::nullopt;
  alone.pools[PoolId(1)].role = PoolRole::both;
  const std::vector<TracedRequest> requests{{0.0, 700, 30}, {1.0, 900, 1}};
  const RecordedRun mixed = of_requests(alone, requests);
  const RecordedRun apart = of_requests(roles(), requests);
  CHECK(apart.result.summary.kv_transfers == 1.0);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto by_id = [&](const RecordedRun& run) {
      return *std::find_if(run.requests.begin(), run.requests.end(),
                           [&](const auto& r) { return r.id == static_cast<std::int64_t>(i); });
    };
    CHECK(by_id(apart).first_token == by_id(mixed).first_token);
    CHECK(by_id(apart).pool == PoolId(i == 0 ? 1 : 0));
    // The same work on the same accelerators, wherever: the same energy, and all of it the request's.
    CHECK(by_id(apart).energy_j == Approx(by_id(mixed).energy_j));
    CHECK(by_id(apart).prefill_energy_j == Approx(by_id(mixed).prefill_energy_j));
  }
}

TEST_CASE("what the decode pool could never hold is turned away at the door", "[disaggregated]") {
  Scenario scenario = roles();
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  catalog->accelerators["small"] = catalog->accelerators.at("a100");
  catalog->accelerators["small"].memory_bytes = figure(20.6e9);
  catalog->servers["other"].accelerator = "small";
  scenario.catalog = catalog;
  scenario.pools[PoolId(1)].accelerator = "small";
  const RecordedRun run = of_requests(scenario, {{0.0, 7000, 1000}, {1.0, 7000, 1}, {2.0, 500, 20}});
  CHECK(with(run, Outcome::rejected_too_long) == 1.0);
  CHECK(with(run, Outcome::served) == 2.0);
}

TEST_CASE("requests wait for a decode replica with their blocks held, and the prompts behind them for blocks",
          "[disaggregated]") {
  Scenario scenario = roles();
  // The only decode replica is lost before the first request comes over; another is on its way.
  scenario.horizon = 300 * kTicksPerSecond;
  scenario.faults.events = {
      {.kind = FaultKind::crash, .at = to_ticks(0.01), .lasts = 100 * kTicksPerSecond, .server = ServerId(2)}};
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  catalog->accelerators["a100"].memory_bytes = figure(20.6e9);  // for about seven prompts
  scenario.catalog = catalog;
  std::vector<TracedRequest> requests;
  for (int i = 0; i < 20; ++i) {
    requests.push_back({0.1 * i, 1000, 20});
  }
  const auto idle_with_held = [](const ScriptRoom& room, Ticks) {
    const HostedReplica& replica = *room.cluster.pool(PoolId(0)).replicas().all()[ReplicaId(0)];
    note(replica.serving().held());
    note(replica.serving().running());
    note(replica.serving().waiting());
  };
  const RecordedRun run = of_requests(scenario, requests, script({{2.2, idle_with_held}, {290.0, idle_with_held}}));
  REQUIRE(run.notes.size() == 6);
  CHECK(run.notes[0] > 2);
  CHECK(run.notes[1] == 0);
  CHECK(run.notes[0] + run.notes[2] == 20);
  CHECK(with(run, Outcome::served) == 20.0);
  CHECK(run.notes[3] + run.notes[4] + run.notes[5] == 0);
}

TEST_CASE("a lost host at each stage of a request", "[disaggregated]") {
  struct Expected {
    double at_s;
    std::int32_t server;
    bool retried;
    Outcome outcome;
    double transfers;
  };
  // First token at about 0.1 s, KV cache there at 10.1 s, last token at about 15 s.
  for (const Expected& expected :
       {Expected{0.05, 0, false, Outcome::failed, 0}, Expected{0.05, 0, true, Outcome::served, 1},
        Expected{5.0, 0, false, Outcome::failed, 0}, Expected{5.0, 0, true, Outcome::served, 1},
        Expected{5.0, 2, false, Outcome::failed, 0}, Expected{5.0, 2, true, Outcome::served, 1},
        Expected{11.0, 0, false, Outcome::served, 1}, Expected{11.0, 2, false, Outcome::failed, 1},
        Expected{11.0, 2, true, Outcome::served, 2}}) {
    for (const KvTransfer transfer : {KvTransfer::after_prompt, KvTransfer::layer_wise}) {
      INFO("at " << expected.at_s << " s, server " << expected.server << ", retried " << expected.retried);
      Scenario scenario = roles(kSlow);
      scenario.horizon = 600 * kTicksPerSecond;
      scenario.pools[PoolId(0)].kv_transfer = transfer;
      // Another is ready to take over: over this network a start would take half an hour.
      scenario.pools[PoolId(1)].replicas = {2, 2, 2, true};
      scenario.pools[PoolId(1)].placement = PlacementOrder::spread;
      scenario.faults.retried = expected.retried;
      scenario.faults.events = {{.kind = FaultKind::crash,
                                 .at = to_ticks(expected.at_s),
                                 .lasts = to_ticks(10),
                                 .server = ServerId(expected.server)}};
      const RecordedRun run = of_requests(scenario, {{0.0, 1000, 300}});
      REQUIRE(run.requests.size() == 1);
      CHECK(run.requests[0].outcome == expected.outcome);
      CHECK(run.result.summary.kv_transfers == expected.transfers);
      CHECK((run.requests[0].discarded_tokens > 0) ==
            (expected.retried && expected.at_s > 1.0 && !(expected.at_s == 5.0 && expected.server == 2)));
    }
  }
}

TEST_CASE("a client that gives up, at each stage", "[disaggregated]") {
  for (const double timeout_s : {0.05, 5.0, 11.0}) {
    for (const KvTransfer transfer : {KvTransfer::after_prompt, KvTransfer::layer_wise}) {
      Scenario scenario = roles(kSlow);
      scenario.pools[PoolId(0)].kv_transfer = transfer;
      const TraceOnDisk trace({{0.0, 1000, 300}, {0.0, 1000, 300}});
      trace.become_traffic(scenario);
      scenario.traffic[StreamId(0)].client = ClientBehaviour{.timeout_s = timeout_s, .retries = 1, .backoff = {}};
      const auto held = [](const ScriptRoom& room, Ticks) {
        note(room.cluster.pool(PoolId(0)).replicas().all()[ReplicaId(0)]->serving().held());
      };
      const RecordedRun run = checked(scenario, script({{58.0, held}}));
      CHECK(with(run, Outcome::timed_out) == 2.0);
      CHECK(run.result.summary.retries == 2.0);
      REQUIRE(run.notes.size() == 1);
      CHECK(run.notes[0] == 0);
    }
  }
}

TEST_CASE("replicas drain when nothing is on its way from them or to them", "[disaggregated]") {
  Scenario scenario = roles(kSlow);
  for (Pool& pool : scenario.pools) {
    pool.replicas = {.start = 1, .minimum = 0, .maximum = 2, .pending_allowed = true};
  }
  const RecordedRun run =
      of_requests(scenario, {{0.0, 1000, 300}},
                  script({set_target(2.0, 0, 0), set_target(3.0, 0, 1), note_states(9.0, 0), note_states(9.0, 1),
                          note_states(12.0, 0), note_states(12.0, 1), note_states(59.0, 0), note_states(59.0, 1)}));
  CHECK(with(run, Outcome::served) == 1.0);
  REQUIRE(run.notes.size() == 6);
  CHECK(run.notes[0] == number(ReplicaState::draining));
  CHECK(run.notes[1] == number(ReplicaState::draining));
  CHECK(run.notes[2] != number(ReplicaState::draining));
  CHECK(run.notes[3] == number(ReplicaState::draining));
  CHECK(run.notes[4] == number(ReplicaState::gone));
  CHECK(run.notes[5] == number(ReplicaState::gone));
}

TEST_CASE("what travels at the horizon is unfinished", "[disaggregated]") {
  Scenario scenario = roles(kSlow);
  scenario.horizon = 5 * kTicksPerSecond;
  const RecordedRun run = of_requests(scenario, {{0.0, 1000, 300}});
  CHECK(with(run, Outcome::unfinished) == 1.0);
  CHECK(run.requests[0].output_tokens == 1);
}

TEST_CASE("how often a run is sampled changes no request of a disaggregated fleet", "[disaggregated]") {
  for (const KvTransfer transfer : {KvTransfer::after_prompt, KvTransfer::layer_wise}) {
    Scenario scenario = roles(0.5e9);
    scenario.pools[PoolId(0)].kv_transfer = transfer;
    scenario.pools[PoolId(0)].replicas = scenario.pools[PoolId(1)].replicas = {2, 2, 2, true};
    scenario.traffic = {poisson("chat", 6.0)};
    std::vector<std::string> first;
    for (const double every_s : {60.0, 1.0, 0.0737}) {
      scenario.sample_every = to_ticks(every_s);
      std::vector<std::string> lines;
      for (const RequestRecord& record : checked(scenario).requests) {
        lines.push_back(text(record));
      }
      CHECK(lines.size() > 200);
      CHECK((first.empty() || lines == first));
      first = lines;
    }
  }
}

TEST_CASE("clients that wait for their answers see those of a disaggregated fleet in time", "[disaggregated]") {
  // One client, no time to think: its next request comes when the last token of the one before does.
  Scenario scenario = roles();
  scenario.traffic = {poisson("chat", 1.0)};
  scenario.traffic[StreamId(0)].generated->mean_rate_rps = 0.0;
  GeneratedTraffic& generated = *scenario.traffic[StreamId(0)].generated;
  generated.closed_loop = {.clients = 1, .think_time = {.median_s = 0.001, .sigma = 0.0}};
  const RecordedRun run = checked(scenario);
  REQUIRE(run.requests.size() > 20);
  for (std::size_t i = 1; i < run.requests.size(); ++i) {
    CHECK(run.requests[i].arrival >= run.requests[i - 1].end);
  }
}

}  // namespace idlewatt
