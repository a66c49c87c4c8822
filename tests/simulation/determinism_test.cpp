// The same scenario gives the same results, however often it is sampled; variants see the same requests.
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "forked_run.hpp"
#include "support/catch.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {
namespace {

RecordedRun completed(const Scenario& scenario) {
  RecordedRun run = forked_run(scenario);
  REQUIRE(run.error == "");
  REQUIRE(run.ended);
  return run;
}

template <class T>
std::vector<std::string> texts(const std::vector<T>& values) {
  std::vector<std::string> lines;
  for (const T& value : values) {
    lines.push_back(text(value));
  }
  return lines;
}

/// Bit for bit: nothing is not a number alike, too.
void check_equal(const Summary& left, const Summary& right) {
  for (const Measure& measure : measures()) {
    INFO(measure.name);
    const double a = measure.get(left);
    const double b = measure.get(right);
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);
  }
}

void check_same_requests(const RecordedRun& left, const RecordedRun& right) {
  REQUIRE(left.requests.size() == right.requests.size());
  for (std::size_t i = 0; i < left.requests.size(); ++i) {
    if (text(left.requests[i]) != text(right.requests[i])) {
      FAIL("record " << i << " of " << left.requests.size() << ":\n"
                     << text(left.requests[i]) << "\n"
                     << text(right.requests[i]));
    }
  }
}

/// What was charged to each pool's accelerators, by state, and to each server and rack, over the whole run.
std::string totals(const RecordedRun& run) {
  SeriesBin sum = run.bins.front();
  sum.to = run.bins.back().to;
  for (std::size_t b = 1; b < run.bins.size(); ++b) {
    const SeriesBin& bin = run.bins[b];
    for (const PoolId i : sum.pools.ids()) {
      sum.pools[i].accelerators += bin.pools[i].accelerators;
      sum.pools[i].arrivals += bin.pools[i].arrivals;
      sum.pools[i].completions += bin.pools[i].completions;
      sum.pools[i].rejections += bin.pools[i].rejections;
      sum.pools[i].prompt_tokens += bin.pools[i].prompt_tokens;
      sum.pools[i].output_tokens += bin.pools[i].output_tokens;
    }
    for (const ServerId i : sum.servers.ids()) {
      sum.servers[i] += bin.servers[i];
    }
    for (const RackId i : sum.racks.ids()) {
      sum.racks[i] += bin.racks[i];
    }
  }
  for (const PoolId i : sum.pools.ids()) {
    // These stand at a bin's end.
    sum.pools[i].replicas = run.bins.back().pools[i].replicas;
    sum.pools[i].queue_length = run.bins.back().pools[i].queue_length;
    sum.pools[i].running_sequences = run.bins.back().pools[i].running_sequences;
  }
  return text(sum);
}

struct Arrival {
  std::int64_t id = 0;
  StreamId stream;
  Ticks arrival = 0;
  std::int32_t prompt_tokens = 0;
  bool operator==(const Arrival&) const = default;
};

std::vector<Arrival> arrivals(const RecordedRun& run) {
  std::vector<Arrival> list;
  for (const RequestRecord& record : run.requests) {
    list.push_back({record.id, record.stream, record.arrival, record.prompt_tokens});
  }
  std::sort(list.begin(), list.end(), [](const Arrival& a, const Arrival& b) { return a.id < b.id; });
  return list;
}

/// Queues, preemptions, idle replicas, rejections: a bit of everything.
Scenario busy_scenario() {
  Scenario scenario = small_scenario(14.0, 3);
  auto catalog = std::make_shared<Catalog>(*scenario.catalog);
  catalog->accelerators["a100"].memory_bytes = figure(21.3e9);
  scenario.catalog = catalog;
  scenario.traffic[StreamId(0)].generated->spikes = {.per_day = 2000, .height_min = 2, .height_max = 4, .decay_s = 20};
  scenario.pools.add(small_pool("other", 3));
  scenario.pools[PoolId(1)].parallel.tensor = 1;
  scenario.pools[PoolId(1)].routing = default_choice(RouteFamily::built_in(), "round-robin");
  scenario.traffic.add(poisson("other", 4.0, 1));
  scenario.horizon = 300 * kTicksPerSecond + 12345;
  return scenario;
}

}  // namespace

TEST_CASE("two runs of a scenario tell the same, bin by bin and request by request", "[determinism]") {
  const Scenario scenario = busy_scenario();
  const RecordedRun first = completed(scenario);
  const RecordedRun second = completed(scenario);
  REQUIRE(first.result.summary.preemptions > 0);
  REQUIRE(first.result.summary.requests_unfinished > 0);
  CHECK(texts(first.bins) == texts(second.bins));
  check_same_requests(first, second);
  check_equal(first.result.summary, second.result.summary);
  CHECK(first.result.costs.simgrid_wakes == second.result.costs.simgrid_wakes);
  CHECK(first.result.costs.replica_changes == second.result.costs.replica_changes);
}

TEST_CASE("another seed tells something else", "[determinism]") {
  Scenario scenario = busy_scenario();
  const RecordedRun first = completed(scenario);
  ++scenario.seed;
  CHECK(arrivals(completed(scenario)) != arrivals(first));
}

TEST_CASE("how often a run is sampled changes none of its results", "[determinism]") {
  Scenario scenario = busy_scenario();
  const RecordedRun minutes = completed(scenario);
  for (const double every_s : {1.0, 7.3, 0.0333, 1000.0}) {
    INFO("sampled every " << every_s << " s");
    scenario.sample_every = to_ticks(every_s);
    const RecordedRun run = completed(scenario);
    check_same_requests(minutes, run);
    CHECK(totals(run) == totals(minutes));
    check_equal(run.result.summary, minutes.result.summary);
  }
}

TEST_CASE("variants see the same requests, whatever serves them", "[determinism]") {
  const Scenario base = small_scenario(6.0, 4);
  const std::vector<Arrival> expected = arrivals(completed(base));
  REQUIRE(expected.size() > 3000);

  Scenario fewer = base;
  fewer.pools[PoolId(0)].replicas.start = 1;
  CHECK(arrivals(completed(fewer)) == expected);

  Scenario unbatched = base;
  unbatched.pools[PoolId(0)].batching = default_choice(BatchFamily::built_in(), "none");
  unbatched.pools[PoolId(0)].routing = default_choice(RouteFamily::built_in(), "round-robin");
  CHECK(arrivals(completed(unbatched)) == expected);

  Scenario sampled = base;
  sampled.sample_every = kTicksPerSecond;
  sampled.site = {};
  CHECK(arrivals(completed(sampled)) == expected);

  Scenario shorter = base;
  shorter.horizon = base.horizon / 2;
  const std::vector<Arrival> half = arrivals(completed(shorter));
  REQUIRE(half.size() < expected.size());
  CHECK(std::equal(half.begin(), half.end(), expected.begin()));
}

TEST_CASE("round-robin takes turns, least-outstanding evens out", "[routing]") {
  Scenario scenario = small_scenario(12.0, 4);
  // One request in ten is a hundred times as long as the others: turns put some behind it.
  scenario.traffic[StreamId(0)].generated->output_tokens = {{0, 0.9, 0.901, 1}, {8, 8, 800, 800}};
  scenario.pools[PoolId(0)].batching = continuous_batching(4);
  scenario.pools[PoolId(0)].routing = default_choice(RouteFamily::built_in(), "round-robin");
  const RecordedRun turns = completed(scenario);
  std::map<std::int64_t, std::int32_t> replica_of;
  for (const RequestRecord& record : turns.requests) {
    replica_of[record.id] = record.replica.value().value();
  }
  for (const auto& [id, replica] : replica_of) {
    CHECK(replica == id % 4);
  }
  scenario.pools[PoolId(0)].routing = default_choice(RouteFamily::built_in(), "least-outstanding");
  const RecordedRun least = completed(scenario);
  CHECK(least.result.summary.queue_s.p99 < turns.result.summary.queue_s.p99);
}

}  // namespace idlewatt
