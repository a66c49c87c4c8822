// Clients that give up and try again: every request ends once, every attempt is counted, and delays are as declared.
#include <algorithm>
#include <map>
#include <utility>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

Scenario impatient(double rate_rps, double timeout_s, std::int32_t retries) {
  Scenario scenario = small_scenario(rate_rps, 2);
  scenario.horizon = 300 * kTicksPerSecond;
  scenario.traffic[StreamId(0)].client = ClientBehaviour{.timeout_s = timeout_s, .retries = retries, .backoff = {}};
  return scenario;
}

RecordedRun checked(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);  // audits its books
  REQUIRE(run.error == "");
  const Summary& summary = run.result.summary;
  CHECK(static_cast<double>(run.requests.size()) == summary.requests_in);
  CHECK(summary.goodput_rps == Approx(summary.slo_share * summary.requests_in / summary.horizon_s));
  CHECK(summary.requests_in == summary.requests_served + summary.requests_rejected +
                                   summary.requests_rejected_too_long + summary.requests_timed_out +
                                   summary.requests_unfinished);
  // Every try is an arrival at a pool, and the tokens of all of them were generated.
  std::int64_t tries = 0;
  std::int64_t tokens = 0;
  for (const RequestRecord& record : run.requests) {
    tries += record.attempts;
    tokens += record.output_tokens + record.discarded_tokens;
    CHECK(record.discarded_j <= record.energy_j);
    // One that is unfinished may wait for its second try.
    CHECK((record.attempts > 1 || record.discarded_tokens == 0 || record.outcome == Outcome::unfinished));
    CHECK((record.first_token == kNever || record.first_token <= record.end));
  }
  std::int64_t arrivals = 0;
  std::int64_t generated = 0;
  for (const SeriesBin& bin : run.bins) {
    arrivals += bin.pools[PoolId(0)].arrivals;
    generated += bin.pools[PoolId(0)].output_tokens;
  }
  CHECK(arrivals == tries);
  CHECK(generated == tokens);
  CHECK(summary.retries == static_cast<double>(tries) - summary.requests_in);
  return run;
}

}  // namespace

TEST_CASE("patient clients change nothing", "[clients]") {
  const RecordedRun without = forked_run(small_scenario(10.0, 2));
  Scenario scenario = small_scenario(10.0, 2);
  scenario.traffic[StreamId(0)].client = ClientBehaviour{.timeout_s = 1e6, .retries = 3, .backoff = {}};
  const RecordedRun with = forked_run(scenario);
  REQUIRE(with.error == "");
  REQUIRE(with.requests.size() == without.requests.size());
  for (std::size_t i = 0; i < with.requests.size(); ++i) {
    REQUIRE(text(with.requests[i]) == text(without.requests[i]));
  }
}

TEST_CASE("an overload of impatient clients: time-outs, retries, nothing lost", "[clients]") {
  const RecordedRun run = checked(impatient(60.0, 10.0, 2));
  const Summary& summary = run.result.summary;
  CHECK(summary.requests_timed_out > 100.0);
  CHECK(summary.retries > 100.0);
  CHECK(summary.discarded_kwh > 0.0);
  for (const RequestRecord& record : run.requests) {
    CHECK(record.attempts <= 3);
    if (record.outcome == Outcome::served) {
      // Three times ten seconds, and two delays of at most 0.5 and 1 s.
      REQUIRE(record.end - record.arrival <= to_ticks(31.5 + 2.0));
    }
    if (record.outcome == Outcome::timed_out) {
      CHECK(record.attempts == 3);
    }
  }
}

TEST_CASE("without retries a client gives up exactly after its time", "[clients]") {
  int timed_out = 0;
  for (const RequestRecord& record : checked(impatient(60.0, 10.0, 0)).requests) {
    if (record.outcome == Outcome::timed_out) {
      ++timed_out;
      REQUIRE(record.end - record.arrival == to_ticks(10.0));
    } else if (record.outcome == Outcome::served) {
      REQUIRE(record.end - record.arrival <= to_ticks(10.0));
    }
  }
  CHECK(timed_out > 100);
}

TEST_CASE("rejected requests come again after the declared delays", "[clients]") {
  // A bucket that never fills again: the first request is let in, every other try turned away.
  Scenario scenario = impatient(0.5, 1e6, 3);
  scenario.pools[PoolId(0)].admission = default_choice(AdmissionFamily::built_in(), "rate-limit");
  scenario.pools[PoolId(0)].admission.parameters.set("rate", 1e-6);
  scenario.pools[PoolId(0)].admission.parameters.set("burst", 1);
  scenario.traffic[StreamId(0)].client->backoff = {.first_s = 1.0, .factor = 3.0, .most_s = 5.0, .jitter = 0.0};
  for (const RequestRecord& record : checked(scenario).requests) {
    if (record.outcome == Outcome::rejected) {
      CHECK(record.attempts == 4);
      CHECK(record.end - record.arrival == to_ticks(1.0 + 3.0 + 5.0));
    }
  }
  // With jitter each delay is shorter by up to that share, and no two are alike.
  scenario.traffic[StreamId(0)].client->backoff.jitter = 0.5;
  std::map<Ticks, int> delays;
  for (const RequestRecord& record : checked(scenario).requests) {
    if (record.outcome == Outcome::rejected) {
      CHECK(record.end - record.arrival <= to_ticks(9.0));
      CHECK(record.end - record.arrival >= to_ticks(4.5));
      ++delays[record.end - record.arrival];
    }
  }
  CHECK(delays.size() > 50);
}

TEST_CASE("a request that waits for a replica is taken back when its client gives up", "[clients]") {
  // Nobody serves before the pool's replica has room, which it never has.
  Scenario scenario = impatient(1.0, 5.0, 1);
  scenario.racks[RackId(0)].servers[0].count = 1;
  scenario.pools.add(small_pool("first", 4));
  std::swap(scenario.pools[PoolId(0)], scenario.pools[PoolId(1)]);
  scenario.traffic[StreamId(0)].pools = {PoolId(1)};
  const RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  REQUIRE(run.requests.size() > 200);
  for (const RequestRecord& record : run.requests) {
    if (record.outcome == Outcome::timed_out) {
      CHECK(record.attempts == 2);
      CHECK(record.end - record.arrival <= to_ticks(5.0 + 0.5 + 5.0));
      CHECK(record.end - record.arrival >= to_ticks(5.0 + 0.375 + 5.0));
    } else {
      CHECK(record.outcome == Outcome::unfinished);
    }
  }
}

TEST_CASE("clients that try again: the same seed tells the same, however often it is sampled", "[clients]") {
  Scenario scenario = impatient(60.0, 10.0, 2);
  const RecordedRun first = checked(scenario);
  scenario.sample_every = 7 * kTicksPerSecond + 1;
  const RecordedRun second = forked_run(scenario);
  REQUIRE(second.error == "");
  REQUIRE(first.requests.size() == second.requests.size());
  for (std::size_t i = 0; i < first.requests.size(); ++i) {
    REQUIRE(text(first.requests[i]) == text(second.requests[i]));
  }
}

}  // namespace idlewatt
