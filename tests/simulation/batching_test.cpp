// Batching, queue orders and the prefix cache in a fleet: run() audits its books in every one of these scenarios.
#include <cstdint>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

/// Conversations under a system prompt for five minutes, deferrable work beside them, and time to finish.
Scenario conversations(double rate_rps) {
  Scenario scenario = small_scenario(rate_rps, 2);
  GeneratedTraffic& talk = *scenario.traffic[StreamId(0)].generated;
  talk.duration_s = 300.0;
  talk.prompt_tokens = {{0, 1}, {20, 200}};
  talk.output_tokens = {{0, 1}, {5, 120}};
  talk.sessions.mean_turns = 3.0;
  talk.sessions.think_time = {.median_s = 20.0, .sigma = 0.5};
  talk.sessions.system_prompt_tokens = 500;
  talk.sessions.max_context_tokens = 4000;
  Traffic later = poisson("later", 1.0);
  later.generated->duration_s = 300.0;
  later.marks.deadline = 200 * kTicksPerSecond;
  scenario.traffic.add(later);
  return scenario;
}

}  // namespace

TEST_CASE("every way of batching, order and cache: the books balance, nobody beats the bound", "[batching]") {
  for (const BatchDeclaration& batching : BatchFamily::built_in()) {
    for (const QueueDeclaration& order : QueueFamily::built_in()) {
      for (const PrefixDeclaration& prefix : PrefixFamily::built_in()) {
        INFO(batching.info.name << ", " << order.info.name << ", " << prefix.info.name);
        Scenario scenario = conversations(4.0);
        Pool& pool = scenario.pools[PoolId(0)];
        pool.batching = default_choice(BatchFamily::built_in(), batching.info.name);
        pool.queue = default_choice(QueueFamily::built_in(), order.info.name);
        pool.prefix_cache = default_choice(PrefixFamily::built_in(), prefix.info.name);
        const RecordedRun run = forked_run(scenario);
        REQUIRE(run.error == "");
        const Summary& summary = run.result.summary;
        CHECK(summary.requests_in == summary.requests_served + summary.requests_unfinished);
        CHECK(summary.lower_bound_kwh > 0.0);
        CHECK(summary.regret_share > 0.0);
        CHECK((summary.prefix_tokens > 0.0) == (prefix.info.name == "lru"));
      }
    }
  }
}

TEST_CASE("prompt tokens are computed, or found in the prefix cache", "[batching]") {
  Scenario scenario = conversations(4.0);
  const RecordedRun without = forked_run(scenario);
  scenario.pools[PoolId(0)].prefix_cache = default_choice(PrefixFamily::built_in(), "lru");
  const RecordedRun with = forked_run(scenario);
  for (const RecordedRun* run : {&without, &with}) {
    REQUIRE(run->error == "");
    REQUIRE(run->result.summary.requests_served == run->result.summary.requests_in);
    REQUIRE(run->result.summary.preemptions == 0.0);
    std::int64_t computed = 0;
    for (const SeriesBin& bin : run->bins) {
      computed += bin.pools[PoolId(0)].prompt_tokens;
    }
    CHECK(static_cast<double>(computed) == run->result.summary.prompt_tokens - run->result.summary.prefix_tokens);
    double found = 0.0;
    for (const RequestRecord& record : run->requests) {
      CHECK(record.prefix_tokens < record.prompt_tokens);
      CHECK(record.prefix_tokens % 16 == 0);
      found += record.prefix_tokens;
    }
    CHECK(found == run->result.summary.prefix_tokens);
  }
  // 500 tokens of every prompt are alike, and most of what a later turn repeats.
  CHECK(with.result.summary.prefix_tokens > 0.4 * with.result.summary.prompt_tokens);
  CHECK(with.result.summary.facility_energy_kwh < without.result.summary.facility_energy_kwh);
  CHECK(with.result.summary.lower_bound_kwh < without.result.summary.lower_bound_kwh);
  CHECK(with.result.summary.ttft_s.p50 < without.result.summary.ttft_s.p50);
}

TEST_CASE("deferrable work makes way for interactive requests, and still meets its deadline", "[batching]") {
  Scenario scenario = small_scenario(0.0, 1);
  scenario.horizon = 900 * kTicksPerSecond;
  scenario.pools[PoolId(0)].batching = continuous_batching(8);
  scenario.traffic = {poisson("chat", 2.2), poisson("later", 0.6)};
  for (Traffic& traffic : scenario.traffic) {
    traffic.generated->duration_s = 600.0;
  }
  scenario.traffic[StreamId(1)].marks.deadline = 600 * kTicksPerSecond;
  const RecordedRun fcfs = forked_run(scenario);
  scenario.pools[PoolId(0)].queue = default_choice(QueueFamily::built_in(), "deadline");
  scenario.pools[PoolId(0)].queue.parameters.set("lead", 60.0);
  const RecordedRun deadline = forked_run(scenario);
  const auto mean_wait_s = [](const RecordedRun& run, StreamId stream) {
    double sum_s = 0.0;
    int count = 0;
    for (const RequestRecord& record : run.requests) {
      if (record.stream == stream) {
        REQUIRE(record.outcome == Outcome::served);
        sum_s += to_seconds(record.admitted - record.arrival);
        ++count;
      }
    }
    return sum_s / count;
  };
  REQUIRE(fcfs.error == "");
  REQUIRE(deadline.error == "");
  CHECK(mean_wait_s(deadline, StreamId(0)) < 0.7 * mean_wait_s(fcfs, StreamId(0)));
  CHECK(mean_wait_s(deadline, StreamId(1)) > 2.0 * mean_wait_s(fcfs, StreamId(1)));
  for (const RequestRecord& record : deadline.requests) {
    if (record.deferrable) {
      CHECK(record.end <= record.deadline);
    }
  }
}

}  // namespace idlewatt
