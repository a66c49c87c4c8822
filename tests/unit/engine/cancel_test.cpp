// Requests that nobody wants any more, in cases small enough to be worked out on paper.
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

TEST_CASE("a cancelled request leaves the batch at the end of the step under way", "[cancel]") {
  BenchReplica bench(round_costs());
  bench.arrive(0, 0, 5, 50);
  bench.arrive(1, 0, 5, 50);
  // [0, 140): both prompts, 100 + 2 x 10 + 2 x 10. [140, 272): both decode, 100 + 12 + 20. [272, 406): at context 14.
  bench.advance_to(300);
  bench.replica.cancel(1, 300, bench);
  CHECK(bench.reports.empty());
  CHECK(bench.replica.running() == 2);
  CHECK(bench.replica.next_change() == at_end(406));
  bench.advance_to(406);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].request.id == 1);
  CHECK(bench.reports[0].end == 406);
  CHECK(bench.reports[0].generated == 3);
  // Its share of what it took part in stays its own: half of the prompts' step, of each decode step half and 3 a token.
  CHECK(bench.reports[0].energy == Energy{(1000 + 70) / 2 + (500 + 3 * 6) + (500 + 3 * 7)});
  CHECK(bench.replica.running() == 1);
  CHECK(bench.blocks_in_use() == 1);
  // The other goes on alone: 100 + 10 + 8.
  bench.advance_to(407);
  bench.report_work(406 + 118);
  CHECK(bench.work.back().sequences == 1);
  CHECK(bench.work.back().to == 524);
}

TEST_CASE("a cancelled request leaves the queue at once, and whoever stood behind it moves up", "[cancel]") {
  // Ten blocks: request 0 takes six, request 1 wants eight, request 2 one.
  BenchReplica bench(constant_costs(), {.blocks = 10, .max_sequences = 4});
  bench.arrive(0, 0, 90, 40);
  bench.arrive(1, 5, 120, 3);
  bench.arrive(2, 5, 10, 3);
  bench.advance_to(24);
  CHECK(bench.replica.waiting() == 2);
  bench.replica.cancel(1, 24, bench);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].request.id == 1);
  CHECK(bench.reports[0].end == 24);
  CHECK(bench.reports[0].admitted == kNever);
  CHECK(bench.reports[0].energy == Energy{});
  bench.advance_to(31);
  CHECK(bench.replica.waiting() == 0);  // request 2 joined at 30
  CHECK(bench.replica.running() == 2);
}

TEST_CASE("a replica whose last request is cancelled is idle", "[cancel]") {
  BenchReplica bench(round_costs());
  bench.arrive(0, 1000, 5, 5);
  bench.replica.cancel(0, 1000, bench);
  CHECK(bench.reports.size() == 1);
  CHECK(bench.replica.next_change() == kNoChange);
  CHECK(bench.replica.outstanding() == 0);
  bench.arrive(1, 2000, 5, 1);
  bench.advance_to(10'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[1].end == 2120);
}

TEST_CASE("a request that its last step completes has ended before it can be let go", "[cancel]") {
  BenchReplica bench(round_costs());
  bench.arrive(0, 0, 5, 2);
  bench.advance_to(130);  // [120, 236): its last token
  bench.replica.cancel(0, 130, bench);
  bench.advance_to(1000);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].generated == 2);
  CHECK(bench.reports[0].end == 236);
}

}  // namespace
}  // namespace idlewatt
