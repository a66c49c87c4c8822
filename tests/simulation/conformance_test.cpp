// Every registered policy of every family, whoever adds it: under bursts, three pools and little KV memory the books
// balance, no request is lost, the same seed tells the same, and nobody decides by what is to come.
#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "forked_run.hpp"
#include "policy/table.hpp"
#include "scenario/policy/policy_families.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"
#include "support/temporary_folder.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kHorizon = 90 * kTicksPerSecond;
constexpr double kChangeS = 45.0;  ///< from here on two traces differ

/// A policy, put where the scenario chooses it.
struct Candidate {
  std::string family;
  std::string name;
  bool clairvoyant = false;
  std::function<void(Scenario&)> choose;
};

/// Where parameters are given: the defaults, but times made for hours are cut to fit a minute and a half, and
/// timetables are their examples. A policy whose parameters need more gets it here.
Parameters fitted(const PolicyInfo& info) {
  Parameters parameters = Parameters::defaults_of(info);
  for (const ParameterSpec& spec : info.parameters) {
    if (spec.dimension == Dimension::time && spec.default_value > 2.0) {
      parameters.set(spec.name, std::clamp(spec.default_value / 20.0, spec.minimum, spec.maximum));
    }
  }
  return parameters;
}

template <class Policy>
void add(std::vector<Candidate>& all, const std::string& family, const std::vector<Declaration<Policy>>& table,
         PolicyChoice Pool::*chosen) {
  for (const Declaration<Policy>& declaration : table) {
    const PolicyChoice choice{declaration.info.name, fitted(declaration.info)};
    all.push_back({family, choice.name, declaration.info.clairvoyant, [choice, chosen](Scenario& scenario) {
                     for (Pool& pool : scenario.pools) {
                       pool.*chosen = choice;
                     }
                   }});
  }
}

std::vector<Candidate> every_policy() {
  std::vector<Candidate> all;
  for (const PoolRouteDeclaration& declaration : PoolRouteFamily::built_in()) {
    const PolicyChoice choice{declaration.info.name, fitted(declaration.info)};
    all.push_back({"pool-routing", choice.name, declaration.info.clairvoyant,
                   [choice](Scenario& scenario) { scenario.routing = choice; }});
  }
  for (const CacheDeclaration& declaration : CacheFamily::built_in()) {
    const PolicyChoice choice{declaration.info.name, fitted(declaration.info)};
    all.push_back({"cache", choice.name, declaration.info.clairvoyant,
                   [choice](Scenario& scenario) { scenario.cache.policy = choice; }});
  }
  for (const PowerDeclaration& declaration : PowerFamily::built_in()) {
    const PolicyChoice choice{declaration.info.name, fitted(declaration.info)};
    all.push_back({"power", choice.name, declaration.info.clairvoyant, [choice](Scenario& scenario) {
                     scenario.power = choice;
                     scenario.racks[RackId(0)].power_budget_w = 6000.0;  // not enough for all replicas that are wanted
                   }});
  }
  for (const SwapDeclaration& declaration : SwapFamily::built_in()) {
    const PolicyChoice choice{declaration.info.name, fitted(declaration.info)};
    all.push_back({"swapping", choice.name, declaration.info.clairvoyant, [choice](Scenario& scenario) {
                     scenario.swapping = choice;
                     scenario.racks[RackId(0)].servers[0].count =
                         2;  // the third pool has stages and keeps what it gets
                     for (Pool& pool : scenario.pools) {
                       pool.weights = pool.name;
                     }
                   }});
  }
  add(all, "admission", AdmissionFamily::built_in(), &Pool::admission);
  add(all, "routing", RouteFamily::built_in(), &Pool::routing);
  add(all, "batching", BatchFamily::built_in(), &Pool::batching);
  add(all, "queue", QueueFamily::built_in(), &Pool::queue);
  add(all, "prefix_cache", PrefixFamily::built_in(), &Pool::prefix_cache);
  add(all, "autoscaling", AutoscaleFamily::built_in(), &Pool::autoscaling);
  add(all, "idle", IdleFamily::built_in(), &Pool::idle);
  return all;
}

/// Rows of the project's own CSV: a steady trickle with two bursts and a silence, from several tenants in sessions that
/// share prompts. Up to `kChangeS` the same whatever `late_seed` is.
void write_trace(const std::string& path, std::uint64_t seed, std::uint64_t late_seed) {
  std::vector<double> times;
  RandomStream early(seed, "conformance/times");
  for (double at_s = early.uniform(); at_s < kChangeS; at_s += 0.2 + early.uniform()) {
    if (at_s < 20.0 || at_s > 32.0) {
      times.push_back(at_s);
    }
  }
  times.insert(times.end(), 80, 8.0);
  RandomStream late(late_seed, "conformance/late");
  for (double at_s = kChangeS + late.uniform(); at_s < 90.0; at_s += 0.1 + late.uniform()) {
    times.push_back(at_s);
  }
  times.insert(times.end(), 60 * (late_seed % 2), kChangeS + 3.0);
  std::sort(times.begin(), times.end());
  std::ofstream file(path);
  file << "arrival_s,prompt_tokens,output_tokens,tenant,priority,deadline_class,deadline_s,semantic_key,similarity,"
          "session,prefix_blocks,block_tokens\n";
  RandomStream lengths(seed, "conformance/lengths");
  for (const double at_s : times) {
    const int prompt = 20 + static_cast<int>(lengths.uniform() * 900);
    const int output = 1 + static_cast<int>(lengths.uniform() * 250);
    const auto who = static_cast<int>(lengths.uniform() * 3);
    const bool deferrable = lengths.uniform() < 0.2;
    const auto session = static_cast<int>(1 + lengths.uniform() * 8);
    file << at_s << ',' << prompt << ',' << output << ',' << who << ',' << who - 1 << ','
         << (deferrable ? "deferrable" : "interactive") << ',' << (deferrable ? std::to_string(at_s + 40.0) : "") << ','
         << session << ",0.95," << session << ',';
    for (int block = 0; block < prompt / 512; ++block) {
      file << (block > 0 ? " " : "") << 100 * session + block;
    }
    file << ",512\n";
  }
}

Traffic traced(const std::string& path, std::vector<PoolId> pools) {
  Traffic traffic;
  traffic.name = path;
  traffic.models = {"llama-8b"};
  traffic.pools = std::move(pools);
  traffic.slo = {.ttft_s = 2.0, .tpot_s = 0.1};
  traffic.file = TraceFile{.format = &trace_format("csv"), .path = path};
  return traffic;
}

/// Three pools on servers that boot in seconds, with KV memory for about seven prompts at once; two streams, of which
/// one may go anywhere and the other has clients that give up.
Scenario three_pools(const std::string& anywhere, const std::string& impatient) {
  Scenario scenario = small_scenario(0.0, 1);
  auto catalog = std::make_shared<Catalog>(*small_catalog());
  catalog->accelerators["a100"].memory_bytes = figure(20.6e9);
  Server& node = catalog->servers["node"];
  node.boot_s = node.provision_s = figure(4);
  node.shutdown_s = figure(1);
  Engine& engine = catalog->engines["plain"];
  engine.image_bytes = figure(1e9);
  engine.image_unpack_s = figure(0.5);
  engine.load_bytes_per_s = figure(25e9);
  engine.start_s = figure(1);
  engine.start_s_per_billion = figure(0.1);
  scenario.catalog = catalog;
  scenario.horizon = kHorizon;
  scenario.sample_every = 5 * kTicksPerSecond;
  scenario.racks[RackId(0)].servers[0].count = 4;
  scenario.pools.clear();
  for (const char* name : {"first", "second", "third"}) {
    Pool pool = small_pool(name, 2);
    pool.replicas.minimum = 0;
    pool.replicas.maximum = 3;
    scenario.pools.add(pool);
  }
  scenario.pools[PoolId(1)].parallel.tensor = 2;
  scenario.pools[PoolId(2)].parallel.pipeline = 2;
  scenario.traffic = {traced(anywhere, {PoolId(0), PoolId(1), PoolId(2)}), traced(impatient, {PoolId(1)})};
  scenario.traffic[StreamId(1)].client = ClientBehaviour{.timeout_s = 4.0, .retries = 1, .backoff = {}};
  return scenario;
}

class Traces {
 public:
  Traces() {
    write_trace(path("a"), 1, 1);
    write_trace(path("b"), 2, 1);
    write_trace(path("a changed"), 1, 2);
    write_trace(path("b changed"), 2, 2);
    const std::string header = "arrival_s,prompt_tokens,output_tokens\n";
    std::ofstream(path("none")) << header << "500,10,10\n";  // after the horizon
    std::ofstream(path("one")) << header << "30,700,100\n";
  }
  Scenario usual() const { return three_pools(path("a"), path("b")); }
  Scenario changed() const { return three_pools(path("a changed"), path("b changed")); }
  Scenario of(const std::string& first, const std::string& second) const {
    return three_pools(path(first), path(second));
  }

 private:
  std::string path(const std::string& name) const { return folder_(name + ".csv"); }

  TemporaryFolder folder_;
};

/// What is wrong with a run, or nothing: every request that came has ended once, and the books have been audited.
std::string problem_of(const RecordedRun& run) {
  if (!run.error.empty() || run.signal != 0) {
    return run.error + " (signal " + std::to_string(run.signal) + ")";
  }
  std::set<std::int64_t> ids;
  for (const RequestRecord& record : run.requests) {
    ids.insert(record.id);
  }
  const Summary& summary = run.result.summary;
  const auto requests = static_cast<std::int64_t>(summary.requests_in);
  const bool once = static_cast<std::int64_t>(run.requests.size()) == requests &&
                    static_cast<std::int64_t>(ids.size()) == requests &&
                    (ids.empty() || (*ids.begin() == 0 && *ids.rbegin() == requests - 1));
  const double ended = summary.requests_served + summary.requests_cached + summary.requests_rejected +
                       summary.requests_rejected_too_long + summary.requests_timed_out + summary.requests_failed +
                       summary.requests_unfinished;
  return once && ended == summary.requests_in ? "" : "a request is lost, or ended twice";
}

/// Everything that had been told by `until`.
std::vector<std::string> told(const RecordedRun& run, Ticks until) {
  std::vector<std::string> lines;
  for (const RequestRecord& record : run.requests) {
    if (record.end <= until) {
      lines.push_back(text(record));
    }
  }
  for (const SeriesBin& bin : run.bins) {
    if (bin.to <= until) {
      lines.push_back(text(bin));
    }
  }
  return lines;
}

void for_every_policy(const std::function<void(const Candidate&)>& check) {
  for (const Candidate& candidate : every_policy()) {
    INFO(candidate.family << ": " << candidate.name);
    check(candidate);
  }
}

RecordedRun run_with(const Candidate& candidate, Scenario scenario) {
  candidate.choose(scenario);
  return forked_run(scenario);
}

}  // namespace

TEST_CASE("conformance: every family and every policy of it is tested", "[conformance]") {
  std::set<std::pair<std::string, std::string>> tested;
  for (const Candidate& candidate : every_policy()) {
    tested.emplace(candidate.family, candidate.name);
  }
  for (const PolicyFamily& family : policy_families()) {
    for (const PolicyInfo& policy : family.policies) {
      INFO(family.name << ": " << policy.name);
      CHECK(tested.contains({family.name, policy.name}));
    }
  }
}

TEST_CASE("conformance: no request is lost, and the same seed tells the same", "[conformance]") {
  const Traces traces;
  double preemptions = 0.0;
  double timed_out = 0.0;
  for_every_policy([&](const Candidate& candidate) {
    const RecordedRun run = run_with(candidate, traces.usual());
    CHECK(problem_of(run) == "");
    CHECK(run.result.summary.requests_served + run.result.summary.requests_cached > 20.0);
    CHECK(told(run, kNever) == told(run_with(candidate, traces.usual()), kNever));
    preemptions += run.result.summary.preemptions;
    timed_out += run.result.summary.requests_timed_out;
  });
  // As hard as it was meant to be.
  CHECK(preemptions > 50.0);
  CHECK(timed_out > 50.0);
}

TEST_CASE("conformance: nothing to do, one request, and far too much", "[conformance]") {
  const Traces traces;
  for_every_policy([&](const Candidate& candidate) {
    const RecordedRun none = run_with(candidate, traces.of("none", "none"));
    CHECK(problem_of(none) == "");
    CHECK(none.result.summary.requests_in == 0.0);
    const RecordedRun one = run_with(candidate, traces.of("one", "none"));
    CHECK(problem_of(one) == "");
    CHECK(one.result.summary.requests_in == 1.0);
    Scenario overload = traces.usual();
    for (Traffic& traffic : overload.traffic) {
      traffic.scale = 6.0;
    }
    const RecordedRun many = run_with(candidate, overload);
    CHECK(problem_of(many) == "");
    CHECK(many.result.summary.requests_in > 500.0);
  });
}

TEST_CASE("conformance: what comes later changes nothing before, unless a policy says that it knows", "[conformance]") {
  const Traces traces;
  const Ticks change = to_ticks(kChangeS);
  int looked_ahead = 0;
  for_every_policy([&](const Candidate& candidate) {
    const RecordedRun run = run_with(candidate, traces.usual());
    const RecordedRun other = run_with(candidate, traces.changed());
    CHECK(told(run, kNever) != told(other, kNever));
    const bool same = told(run, change) == told(other, change);
    CHECK((same || candidate.clairvoyant));
    looked_ahead += same ? 0 : 1;
  });
  CHECK(looked_ahead > 0);  // those that may: so the comparison can tell
}

TEST_CASE("conformance: prompts in one pool, answers in another, and a lost host", "[conformance]") {
  const Traces traces;
  double transfers = 0.0;
  for_every_policy([&](const Candidate& candidate) {
    Scenario scenario = traces.usual();
    scenario.pools[PoolId(0)].role = PoolRole::prefill;
    scenario.pools[PoolId(0)].decode_pool = PoolId(1);
    scenario.pools[PoolId(0)].kv_transfer = KvTransfer::layer_wise;
    scenario.pools[PoolId(1)].role = PoolRole::decode;
    scenario.traffic[StreamId(0)].pools = {PoolId(0), PoolId(2)};
    scenario.traffic[StreamId(1)].pools = {PoolId(0)};
    scenario.faults.retried = true;
    scenario.faults.events = {
        {.kind = FaultKind::crash, .at = to_ticks(8.5), .lasts = to_ticks(20.0), .server = ServerId(0)},
        {.kind = FaultKind::crash, .at = to_ticks(50.0), .lasts = to_ticks(5.0), .server = ServerId(1)}};
    const RecordedRun run = run_with(candidate, scenario);
    CHECK(problem_of(run) == "");
    transfers += run.result.summary.kv_transfers;
    const auto requests = [](const RecordedRun& told_by) {
      std::vector<std::string> lines;
      for (const RequestRecord& record : told_by.requests) {
        lines.push_back(text(record));
      }
      return lines;
    };
    scenario.sample_every = to_ticks(0.77);
    CHECK(requests(run_with(candidate, scenario)) == requests(run));
  });
  CHECK(transfers > 1000.0);
}

TEST_CASE("conformance: a lost host is survived", "[conformance]") {
  const Traces traces;
  double failed = 0.0;
  double discarded = 0.0;
  for_every_policy([&](const Candidate& candidate) {
    for (const bool retried : {false, true}) {
      Scenario scenario = traces.usual();
      scenario.faults.retried = retried;
      // In the middle of the first burst; then another after a notice.
      scenario.faults.events = {
          {.kind = FaultKind::crash, .at = to_ticks(8.5), .lasts = to_ticks(20.0), .server = ServerId(0)},
          {.kind = FaultKind::spot,
           .at = to_ticks(47.0),
           .lasts = to_ticks(10.0),
           .notice = to_ticks(2.0),
           .server = ServerId(1)}};
      const RecordedRun run = run_with(candidate, scenario);
      CHECK(problem_of(run) == "");
      CHECK(run.result.summary.faults == 2.0);
      failed += run.result.summary.requests_failed;
      discarded += retried ? run.result.summary.discarded_kwh : 0.0;
    }
  });
  CHECK(failed > 20.0);
  CHECK(discarded > 0.0);
}

}  // namespace idlewatt
