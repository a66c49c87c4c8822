// The semantic cache in a fleet. run() audits its books in every one of these scenarios.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "forked_run.hpp"
#include "scenario/traffic/open_traffic.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Ten minutes in which 30 % of the requests share a few hundred intents.
Scenario repeating(double rate_rps, const std::string& policy) {
  Scenario scenario = small_scenario(rate_rps, 4);
  GeneratedTraffic& traffic = *scenario.traffic[StreamId(0)].generated;
  traffic.duration_s = 560.0;
  traffic.semantics = Semantics{.intents = 200, .zipf = 1.0, .unique = 0.7, .verbatim = 0.3, .drift_s = 0.0};
  scenario.cache.policy = default_choice(CacheFamily::built_in(), policy);
  return scenario;
}

RecordedRun checked(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  CHECK(static_cast<double>(run.requests.size()) == run.result.summary.requests_in);
  return run;
}

std::vector<Request> requests_of(const Scenario& scenario) {
  std::vector<Request> requests;
  const auto traffic = open_traffic(scenario);
  for (Request request; traffic->next(request) && request.arrival < scenario.horizon; request = {}) {
    requests.push_back(request);
  }
  return requests;
}

/// The requests that would have been hits in a cache without limits: by what was answered when, seen from outside.
std::set<std::int64_t> replayed_hits(const Scenario& scenario, const RecordedRun& run, double threshold, Ticks lookup) {
  std::map<std::int64_t, Ticks> answered;
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::served) {
      answered[record.id] = record.end;
    }
  }
  const std::vector<Request> requests = requests_of(scenario);
  std::set<std::int64_t> hits;
  for (const Request& request : requests) {
    for (const Request& other : requests) {
      const auto end = answered.find(other.id);
      const double cosine =
          request.similarity == other.similarity ? 1.0 : double{request.similarity} * other.similarity;
      if (end != answered.end() && end->second <= request.arrival + lookup &&
          other.semantic_key == request.semantic_key && cosine >= threshold) {
        hits.insert(request.id);
        break;
      }
    }
  }
  return hits;
}

std::set<std::int64_t> cached(const RecordedRun& run) {
  std::set<std::int64_t> ids;
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::cached) {
      ids.insert(record.id);
    }
  }
  return ids;
}

}  // namespace

TEST_CASE("a cache at a repeat rate of 30 % saves that share of the calls, less its misses while warming", "[cache]") {
  Scenario scenario = repeating(8.0, "semantic");
  scenario.cache.policy.parameters.set("threshold", 0.8);
  const RecordedRun run = checked(scenario);
  const Summary& summary = run.result.summary;
  REQUIRE(summary.requests_in > 3000.0);
  CHECK(summary.requests_in == summary.requests_served + summary.requests_cached);
  CHECK(summary.cache_lookups == summary.requests_in);

  // Request by request as a search from end to end finds them.
  CHECK(cached(run) == replayed_hits(scenario, run, 0.8, to_ticks(0.12)));

  // Counted independently of any cache: how many requests repeat an intent that came before, and what was lost of that:
  // first answers that were not complete yet, and texts too far from each other.
  double repeats = 0.0;
  std::set<std::uint64_t> seen;
  for (const Request& request : requests_of(scenario)) {
    repeats += seen.insert(request.semantic_key).second ? 0.0 : 1.0;
  }
  const double share = repeats / summary.requests_in;
  CHECK(share > 0.24);
  CHECK(share < 0.30);
  const double saved = 1.0 - summary.requests_served / summary.requests_in;
  CHECK(saved <= share);
  CHECK(saved > share - 0.04);
  // A right answer was saved but for the wrong hits, 5 to 13 % of those that are not the same text.
  CHECK(summary.cache_wrong_hits > 0.02 * summary.requests_cached);
  CHECK(summary.cache_wrong_hits < 0.13 * summary.requests_cached);
  CHECK(summary.cache_hit_share == Approx(saved));

  Scenario without = scenario;
  without.cache = {};
  const Summary all = checked(without).result.summary;
  CHECK(all.requests_served == all.requests_in);
  CHECK(all.requests_in == summary.requests_in);
  CHECK(all.cache_energy_kwh == 0.0);
  CHECK(summary.accelerator_energy_kwh < all.accelerator_energy_kwh);
}

TEST_CASE("exact finds the same texts and no others, and is never wrong", "[cache]") {
  const Scenario scenario = repeating(8.0, "exact");
  const RecordedRun run = checked(scenario);
  CHECK(cached(run) == replayed_hits(scenario, run, 1.0, to_ticks(0.005)));
  CHECK(run.result.summary.requests_cached > 50.0);
  CHECK(run.result.summary.cache_wrong_hits == 0.0);
}

TEST_CASE("a lower threshold finds more, a small cache finds less", "[cache]") {
  const auto hits = [](double threshold, double entries) {
    Scenario scenario = repeating(8.0, "semantic");
    scenario.cache.policy.parameters.set("threshold", threshold);
    scenario.cache.policy.parameters.set("entries", entries);
    const RecordedRun run = checked(scenario);
    for (const SeriesBin& bin : run.bins) {
      CHECK(bin.cache.entries <= static_cast<std::int64_t>(entries));
    }
    return run.result.summary.requests_cached;
  };
  const double all = hits(0.8, 1e6);
  CHECK(hits(0.9, 1e6) < 0.9 * all);
  CHECK(hits(0.8, 100) < 0.8 * all);
}

TEST_CASE("no answer before it is complete: requests of one text that come while the first is answered all miss",
          "[cache]") {
  Scenario scenario = repeating(8.0, "exact");
  // One intent, one text; the first answers take seconds.
  scenario.traffic[StreamId(0)].generated->semantics =
      Semantics{.intents = 1, .unique = 0.0, .verbatim = 1.0, .drift_s = 0.0};
  const RecordedRun run = checked(scenario);
  Ticks first_answer = kNever;
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::served) {
      first_answer = std::min(first_answer, record.end);
    }
  }
  int before = 0;
  for (const RequestRecord& record : run.requests) {
    const bool late = record.arrival + to_ticks(0.005) >= first_answer;
    CHECK(record.outcome == (late ? Outcome::cached : Outcome::served));
    before += late ? 0 : 1;
  }
  CHECK(before > 3);
}

TEST_CASE("a lookup delays hits and misses alike, and a hit waits for nothing else", "[cache]") {
  const Scenario scenario = repeating(8.0, "semantic");
  const Ticks lookup = to_ticks(0.12);
  double within = 0.0;
  const RecordedRun run = checked(scenario);
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::cached) {
      CHECK(record.first_token - record.arrival == lookup);
      CHECK(record.end == record.first_token);
      CHECK(!record.pool);
      CHECK(record.output_tokens == 0);
      within += 1.0;
    } else {
      CHECK(record.admitted >= record.arrival + lookup);
      CHECK_FALSE(record.wrong);
    }
  }
  CHECK(within == run.result.summary.requests_cached);
  CHECK(run.result.summary.slo_share * run.result.summary.requests_in >= within);

  // A limit below the lookup's own time: no hit can meet it.
  Scenario hasty = scenario;
  hasty.traffic[StreamId(0)].slo.ttft_s = 0.1;
  CHECK(checked(hasty).result.summary.slo_share == 0.0);
}

TEST_CASE("lookups cost what their time costs, to the femtojoule, in whatever bins", "[cache]") {
  for (const std::string embedder : {"", "a100"}) {
    for (const double bin_s : {60.0, 0.7}) {
      Scenario scenario = repeating(3.0, "semantic");
      scenario.cache.embedder = embedder;
      scenario.sample_every = to_ticks(bin_s);
      scenario.traffic[StreamId(0)].generated->duration_s = 1000.0;  // the horizon cuts lookups short
      scenario.cache.policy.parameters.set("lookup_time", 2.5);
      const RecordedRun run = checked(scenario);
      const Accelerator& device = scenario.catalog->accelerators.at("a100");
      const auto table = CacheFamily::built_in();
      const LookupCost cost = find(table, "semantic")
                                  ->make(scenario.cache.policy.parameters)
                                  ->lookup_cost(embedder.empty() ? nullptr : &device);
      const Ticks lookup = to_ticks(cost.time_s);
      int128_t lookup_ticks = 0;
      for (const RequestRecord& record : run.requests) {
        lookup_ticks += std::min(lookup, scenario.horizon - record.arrival);
      }
      Energy expected = Power::from_w(cost.standby_w) * scenario.horizon;
      expected += Energy{Power::from_w(cost.power_w).tenth_mw * lookup_ticks};
      Energy charged;
      Energy first_rack;
      std::int64_t hits = 0;
      std::int64_t wrong = 0;
      for (const SeriesBin& bin : run.bins) {
        charged += bin.cache.energy;
        first_rack += bin.racks[RackId(0)];
        hits += bin.cache.hits;
        wrong += bin.cache.wrong;
      }
      CHECK(charged == expected);
      CHECK(first_rack > charged);
      CHECK(static_cast<double>(hits) == run.result.summary.requests_cached);
      CHECK(static_cast<double>(wrong) == run.result.summary.cache_wrong_hits);
      CHECK(run.result.summary.cache_energy_kwh == Approx(charged.kwh() * scenario.site.tariff.pue));
      if (embedder.empty()) {
        CHECK(run.result.summary.requests_unfinished > 0.0);
      }
    }
  }
}

TEST_CASE("the same seed gives the same run, whatever the bins of its time series", "[cache]") {
  Scenario scenario = repeating(8.0, "semantic");
  scenario.cache.policy.parameters.set("threshold", 0.85);
  const RecordedRun first = checked(scenario);
  const RecordedRun second = checked(scenario);
  REQUIRE(first.requests.size() == second.requests.size());
  for (std::size_t i = 0; i < first.requests.size(); ++i) {
    REQUIRE(text(first.requests[i]) == text(second.requests[i]));
  }
  REQUIRE(first.bins.size() == second.bins.size());
  for (std::size_t i = 0; i < first.bins.size(); ++i) {
    REQUIRE(text(first.bins[i]) == text(second.bins[i]));
  }
  // Bins of the time series change nothing.
  scenario.sample_every = to_ticks(1.3);
  const RecordedRun finer = checked(scenario);
  REQUIRE(finer.requests.size() == first.requests.size());
  for (std::size_t i = 0; i < first.requests.size(); ++i) {
    REQUIRE(text(first.requests[i]) == text(finer.requests[i]));
  }
}

TEST_CASE("a miss wakes a fleet that was scaled to zero, and clients that wait get their hits", "[cache]") {
  for (const bool closed_loop : {false, true}) {
    Scenario scenario = repeating(0.05, "semantic");
    scenario.cache.policy.parameters.set("threshold", 0.8);
    scenario.horizon = 1800 * kTicksPerSecond;
    scenario.traffic[StreamId(0)].generated->duration_s = 1700.0;
    if (closed_loop) {
      GeneratedTraffic& traffic = *scenario.traffic[StreamId(0)].generated;
      traffic.mean_rate_rps = 0.0;
      traffic.closed_loop = {.clients = 5, .think_time = {.median_s = 40.0, .sigma = 0.5}};
      traffic.semantics->unique = 0.2;
      traffic.semantics->intents = 5;
    }
    Pool& pool = scenario.pools[PoolId(0)];
    pool.replicas = {.start = 0, .minimum = 0, .maximum = 4, .pending_allowed = true};
    pool.autoscaling = default_choice(AutoscaleFamily::built_in(), "keda");
    const RecordedRun run = checked(scenario);
    CHECK(run.result.summary.cold_starts > 0.0);
    CHECK(run.result.summary.requests_served > 0.0);
    CHECK((run.result.summary.requests_cached > 0.0 || !closed_loop));
  }
}

}  // namespace idlewatt
