// The front end (rule 15 of engine/replica.hpp) and two steps in flight (rule 16), in cases worked out on paper.
#include <algorithm>

#include "engine/replica.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

const Finished& report_of(const BenchReplica& bench, std::int64_t id) {
  const auto found = std::find_if(bench.reports.begin(), bench.reports.end(),
                                  [id](const Finished& report) { return report.request.id == id; });
  REQUIRE(found != bench.reports.end());
  return *found;
}

TEST_CASE("with two steps in flight an arrival waits for one more step, unless the replica is idle") {
  for (const bool asynchronous : {false, true}) {
    BenchReplica bench(constant_costs());
    bench.spec.asynchronous = asynchronous;
    bench.arrive(0, 5, 5, 100);   // idle: at once
    bench.arrive(1, 15, 5, 1);    // the plan for [25, 35) is made at 15: it sees this one in either case
    bench.arrive(2, 47, 5, 1);    // during [45, 55), whose successor is planned
    bench.arrive(3, 1500, 5, 1);  // idle again
    bench.advance_to(10'000);
    CHECK(report_of(bench, 0).admitted == 5);
    CHECK(report_of(bench, 1).admitted == (asynchronous ? 25 : 15));
    CHECK(report_of(bench, 2).admitted == (asynchronous ? 65 : 55));
    CHECK(report_of(bench, 2).first_token == report_of(bench, 2).admitted + 10);
    CHECK(report_of(bench, 3).admitted == 1500);
  }
}

TEST_CASE("with two steps in flight a seat is free one step later, and nobody computes a token too many") {
  for (const bool asynchronous : {false, true}) {
    BenchReplica bench(constant_costs(), {.max_sequences = 2});
    bench.spec.asynchronous = asynchronous;
    bench.arrive(0, 0, 5, 2);
    bench.arrive(1, 0, 5, 50);
    bench.arrive(2, 0, 5, 1);
    bench.advance_to(25);
    CHECK(report_of(bench, 0).end == 20);
    CHECK(bench.replica.running() == (asynchronous ? 1 : 2));
    bench.advance_to(10'000);
    CHECK(report_of(bench, 2).admitted == (asynchronous ? 30 : 20));
    CHECK(report_of(bench, 1).end == 500);
    std::int64_t tokens = 0;
    for (const Work& work : bench.work) {
      tokens += work.output_tokens;
    }
    CHECK(tokens == 2 + 50 + 1);
    CHECK(bench.blocks_in_use() == 0);
  }
}

TEST_CASE("with two steps in flight, blocks are free one step later") {
  for (const bool asynchronous : {false, true}) {
    // Requests of 16 prompt tokens: a block each, and one more with the second output token.
    BenchReplica bench(constant_costs(), {.blocks = 4});
    bench.spec.asynchronous = asynchronous;
    bench.arrive(0, 0, 16, 2);
    bench.arrive(1, 0, 16, 10);
    bench.arrive(2, 5, 16, 1);
    bench.advance_to(22);
    CHECK(bench.blocks_in_use() == (asynchronous ? 2 : 3));
    bench.advance_to(10'000);
    CHECK(report_of(bench, 2).admitted == (asynchronous ? 30 : 20));
  }
}

TEST_CASE("where nothing is in flight the replica plans anew at the end of its step") {
  BenchReplica bench(constant_costs(), {.max_sequences = 1});
  bench.spec.asynchronous = true;
  bench.arrive(0, 0, 5, 2);
  bench.arrive(1, 3, 5, 1);
  bench.arrive(2, 20, 5, 1);
  bench.advance_to(10'000);
  CHECK(report_of(bench, 0).end == 20);
  CHECK(report_of(bench, 1).admitted == 20);
  CHECK(report_of(bench, 2).admitted == 30);
}

TEST_CASE("the scheduler sees a request after its time in the front end, and in the order of these times") {
  BenchReplica bench(constant_costs());
  bench.spec.front_end = {.per_request = 7, .per_prompt_token = 1};
  bench.arrive(0, 0, 50, 1);  // seen at 57
  CHECK(bench.replica.next_change() == at_end(57));
  CHECK(bench.replica.waiting() == 1);
  bench.arrive(1, 5, 1, 9);  // seen at 13
  CHECK(bench.replica.next_change() == at_end(13));
  CHECK(bench.replica.waiting() == 2);
  bench.advance_to(20);
  CHECK(bench.replica.stepping());
  bench.arrive(2, 30, 25, 1);  // seen at 62, in [53, 63)
  bench.advance_to(10'000);
  CHECK(report_of(bench, 1).admitted == 13);
  CHECK(report_of(bench, 1).first_token == 23);
  CHECK(report_of(bench, 1).end == 103);
  CHECK(report_of(bench, 0).admitted == 63);
  CHECK(report_of(bench, 2).admitted == 63);
  CHECK(report_of(bench, 0).request.arrival == 0);
}

TEST_CASE("a request that is cancelled in the front end leaves at once") {
  BenchReplica bench(constant_costs());
  bench.spec.front_end = {.per_request = 100};
  bench.arrive(0, 0, 5, 1);
  bench.arrive(1, 10, 5, 1);
  bench.replica.cancel(0, 50, bench);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].end == 50);
  CHECK(bench.reports[0].generated == 0);
  CHECK(bench.replica.next_change() == at_end(110));
  bench.replica.cancel(1, 60, bench);
  CHECK(bench.replica.next_change() == kNoChange);
  CHECK(bench.replica.outstanding() == 0);
}

}  // namespace
}  // namespace idlewatt
