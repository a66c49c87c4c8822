// Whatever comes and goes, and whenever: the books balance, the fleet never contradicts itself, nobody takes less
// energy than the lower bound, and looking changes nothing.
//
// To run one seed alone: IDLEWATT_CHAOS_SEED=<seed> test_simulation "[chaos]"; to run more of them than every build
// should: IDLEWATT_CHAOS_CASES=<number>.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "chaos.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// The steps of a case, and a look at the fleet every 0.9 s: never in the middle of an instant at which others act.
std::vector<ScriptStep> with_looks(const ChaosCase& chaos) {
  std::vector<ScriptStep> steps = chaos.steps;
  for (double at_s = 0.012345; at_s < to_seconds(chaos.scenario.horizon); at_s += 0.9) {
    steps.push_back({at_s, [](const ScriptRoom& room, Ticks) { check_fleet(room.cluster, room.lifecycle.power()); }});
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const ScriptStep& a, const ScriptStep& b) { return a.at_s < b.at_s; });
  return steps;
}

/// What is wrong with the run, or nothing.
std::string problem_of(const ChaosCase& chaos, const RecordedRun& run) {
  if (!run.error.empty()) {
    return run.error;
  }
  std::int64_t accelerators = 0;
  for (const Rack& rack : chaos.scenario.racks) {
    for (const ServerGroup& group : rack.servers) {
      accelerators += group.count * chaos.scenario.catalog->servers.at(group.server).accelerators;
    }
  }
  for (const SeriesBin& bin : run.bins) {
    int128_t ticks = 0;
    for (const PoolBin& pool : bin.pools) {
      ticks += pool.accelerators.total_ticks();
    }
    if (ticks != static_cast<int128_t>(accelerators) * (bin.to - bin.from)) {
      return "state times of a bin do not sum to its length";
    }
  }
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::served &&
        !(record.arrival <= record.admitted && record.admitted < record.first_token &&
          record.first_token <= record.end && record.end <= chaos.scenario.horizon)) {
      return "the times of a request are out of order: " + text(record);
    }
  }
  const Summary& summary = run.result.summary;
  if (!(summary.facility_energy_kwh >= summary.lower_bound_kwh)) {
    return "less energy than the lower bound: " + std::to_string(summary.facility_energy_kwh) + " kWh, " +
           std::to_string(summary.lower_bound_kwh) + " kWh";
  }
  return {};
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

template <class Check>
void for_seeds(std::uint64_t first, std::uint64_t step, std::uint64_t cases, Check check) {
  if (std::getenv("IDLEWATT_CHAOS_SEED") != nullptr) {
    check(random_chaos(from_environment("IDLEWATT_CHAOS_SEED", 0)));
    return;
  }
  for (std::uint64_t seed = first; seed < from_environment("IDLEWATT_CHAOS_CASES", cases); seed += step) {
    check(random_chaos(seed));
  }
}

void check_books(std::uint64_t first) {
  double served = 0.0;
  double cold_starts = 0.0;
  double faults = 0.0;
  double failed = 0.0;
  double swaps = 0.0;
  double kv_transfers = 0.0;
  for_seeds(first, 4, 400, [&](const ChaosCase& chaos) {
    const RecordedRun run = forked_run(chaos.scenario, script(with_looks(chaos)));
    const std::string problem = problem_of(chaos, run);
    if (!problem.empty()) {
      FAIL_CHECK(chaos.print() << ": " << problem);
    }
    served += run.result.summary.requests_served;
    cold_starts += run.result.summary.cold_starts;
    faults += run.result.summary.faults;
    failed += run.result.summary.requests_failed;
    swaps += run.result.summary.swaps;
    kv_transfers += run.result.summary.kv_transfers;
  });
  CHECK(served > 0.0);
  CHECK(cold_starts > 0.0);
  CHECK(faults > 0.0);
  CHECK(failed > 0.0);
  CHECK(swaps > 0.0);
  CHECK(kv_transfers > 100.0);
}

std::vector<std::string> texts(const std::vector<RequestRecord>& records) {
  std::vector<std::string> lines;
  for (const RequestRecord& record : records) {
    lines.push_back(text(record));
  }
  return lines;
}

}  // namespace

TEST_CASE("chaos: the books balance, seeds 0 mod 4", "[chaos]") {
  check_books(0);
}
TEST_CASE("chaos: the books balance, seeds 1 mod 4", "[chaos]") {
  check_books(1);
}
TEST_CASE("chaos: the books balance, seeds 2 mod 4", "[chaos]") {
  check_books(2);
}
TEST_CASE("chaos: the books balance, seeds 3 mod 4", "[chaos]") {
  check_books(3);
}

TEST_CASE("chaos: how often a run is sampled changes none of its requests", "[chaos]") {
  for_seeds(1000, 1, 1060, [](const ChaosCase& chaos) {
    Scenario scenario = chaos.scenario;
    std::vector<std::string> first;
    for (const double every_s : {60.0, 1.0, 7.3}) {
      scenario.sample_every = to_ticks(every_s);
      const RecordedRun run = forked_run(scenario, script(chaos.steps));
      INFO(chaos.print());
      REQUIRE(run.error == "");
      if (first.empty()) {
        first = texts(run.requests);
      } else {
        CHECK(texts(run.requests) == first);
      }
    }
  });
}

TEST_CASE("chaos: the same seed gives the same bytes", "[chaos]") {
  for_seeds(2000, 1, 2020, [](const ChaosCase& chaos) {
    const RecordedRun first = forked_run(chaos.scenario, script(chaos.steps));
    const RecordedRun second = forked_run(chaos.scenario, script(chaos.steps));
    INFO(chaos.print());
    CHECK(texts(first.requests) == texts(second.requests));
    REQUIRE(first.bins.size() == second.bins.size());
    for (std::size_t i = 0; i < first.bins.size(); ++i) {
      CHECK(text(first.bins[i]) == text(second.bins[i]));
    }
  });
}

}  // namespace idlewatt
