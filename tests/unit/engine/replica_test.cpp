// The engine's rule, in cases small enough to be worked out on paper.
#include "engine/replica.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

TEST_CASE("one request alone: a prefill step, then decode steps that grow with its context") {
  BenchReplica bench(round_costs());
  bench.arrive(7, 1000, 5, 3);
  CHECK(bench.replica.next_change() == at_plan(1000));
  bench.advance_to(1'000'000);

  // prefill 100 + 10 + 2 x 5 = 120; decode at context 6: 100 + 10 + 6 = 116; at context 7: 117.
  REQUIRE(bench.reports.size() == 1);
  const Finished& report = bench.reports[0];
  CHECK(report.request.id == 7);
  CHECK(report.admitted == 1000);
  CHECK(report.first_token == 1120);
  CHECK(report.end == 1120 + 116 + 117);
  CHECK(report.worst_gap == 117);
  CHECK(report.generated == 3);
  CHECK(report.preemptions == 0);
  CHECK(report.energy == Energy{1035 + 1018 + 1021});
  CHECK(bench.replica.next_change() == kNoChange);
  CHECK(bench.replica.blocks_in_use(10'000) == 0);
}

TEST_CASE("a replica that is held takes no step before its time, whoever arrives meanwhile") {
  BenchReplica bench(round_costs());
  bench.replica.hold_until(1500);
  bench.arrive(7, 1000, 5, 1);
  CHECK(bench.replica.next_change() == at_plan(1500));
  bench.arrive(8, 1200, 5, 1);
  CHECK(bench.replica.next_change() == at_plan(1500));
  bench.arrive(9, 1500, 5, 1);  // at the very tick: joins as well
  bench.report_work(1500);
  CHECK(bench.work.empty());
  bench.advance_to(1'000'000);
  REQUIRE(bench.reports.size() == 3);
  for (const Finished& report : bench.reports) {
    CHECK(report.admitted == 1500);
    CHECK(report.end == 1500 + 100 + 3 * (10 + 2 * 5));
  }
  // Later it makes no difference.
  bench.arrive(10, 2'000'000, 5, 1);
  CHECK(bench.replica.next_change() == at_plan(2'000'000));
}

TEST_CASE("a request of one output token ends with its prompt") {
  BenchReplica bench(round_costs());
  bench.arrive(0, 0, 5, 1);
  bench.advance_to(119);
  CHECK(bench.reports.empty());
  bench.advance_to(120);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].first_token == 120);
  CHECK(bench.reports[0].end == 120);
  CHECK(bench.reports[0].worst_gap == 0);
}

TEST_CASE("two requests share steps and their energy") {
  BenchReplica bench(round_costs());
  bench.arrive(0, 0, 5, 4);
  bench.arrive(1, 50, 3, 2);
  bench.advance_to(1'000'000);

  // [0, 120): prefill of request 0.
  // [120, 252): request 0 decodes at context 6 beside 3 prompt tokens of request 1: 100 + 6 + 2 x 10 + 2 x 3 = 132.
  // [252, 383): both decode, at contexts 7 and 4: 100 + 11 + 20 = 131. Request 1 ends.
  // [383, 501): request 0 at context 8: 118.
  REQUIRE(bench.reports.size() == 2);
  const Finished& second = bench.reports[0];
  CHECK(second.request.id == 1);
  CHECK(second.admitted == 120);
  CHECK(second.first_token == 252);
  CHECK(second.end == 383);
  CHECK(second.worst_gap == 131);
  CHECK(second.energy == Energy{21 + 500 + 3 * 4});
  const Finished& first = bench.reports[1];
  CHECK(first.request.id == 0);
  CHECK(first.first_token == 120);
  CHECK(first.end == 501);
  CHECK(first.worst_gap == 132);
  CHECK(first.energy == Energy{1035 + 1018 + (500 + 3 * 7) + 1024});

  REQUIRE(bench.work.size() == 4);
  CHECK(bench.work[0].kind == WorkKind::prefill);
  CHECK(bench.work[1].kind == WorkKind::mixed);
  CHECK(bench.work[1].from == 120);
  CHECK(bench.work[1].to == 252);
  CHECK(bench.work[1].sequences == 2);
  CHECK(bench.work[1].prompt_tokens == 3);
  CHECK(bench.work[1].output_tokens == 2);
  CHECK(bench.work[1].energy == Energy{1000 + 3 * 6 + 7 * 3});
  CHECK(bench.work[2].kind == WorkKind::decode);
}

TEST_CASE("a prompt beyond the token budget is computed in chunks") {
  LineModelCosts costs = round_costs();
  costs.duration_per_prefill_context = 1;
  costs.energy_per_prefill_attention_fj = 1;
  BenchReplica bench(costs, {.max_sequences = 1, .token_budget = 4});
  bench.arrive(0, 0, 10, 1);
  bench.advance_to(1'000'000);

  // Chunks of 4, 4 and 2 tokens read 4, 8 and 10 tokens, and attend to 1+2+3+4, 5+6+7+8 and 9+10.
  REQUIRE(bench.work.size() == 3);
  CHECK(bench.work[0].to == 110 + 8 + 4);
  CHECK(bench.work[1].to == 122 + 110 + 8 + 8);
  CHECK(bench.work[2].to == 248 + 110 + 4 + 10);
  CHECK(bench.work[0].energy == Energy{1000 + 28 + 10});
  CHECK(bench.work[1].energy == Energy{1000 + 28 + 26});
  CHECK(bench.work[2].energy == Energy{1000 + 14 + 19});
  CHECK(bench.work[0].output_tokens == 0);
  REQUIRE(bench.reports.size() == 1);
  CHECK(bench.reports[0].admitted == 0);
  CHECK(bench.reports[0].first_token == 372);
}

TEST_CASE("without a free block the sequence admitted last is preempted, and computes all its tokens again") {
  BenchReplica bench(constant_costs(), {.blocks = 3, .context = 36, .max_sequences = 2});
  bench.arrive(0, 0, 16, 20);
  bench.arrive(1, 0, 16, 20);
  bench.advance_to(10);
  CHECK(bench.replica.running() == 2);
  CHECK(bench.replica.blocks_in_use(10) == 2);
  // Both want a second block at 10; request 0 takes the free one, request 1 finds none and gives way.
  bench.advance_to(11);
  CHECK(bench.replica.running() == 1);
  CHECK(bench.replica.waiting() == 1);
  bench.advance_to(1'000'000);

  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[0].request.id == 0);
  CHECK(bench.reports[0].end == 200);
  CHECK(bench.reports[0].preemptions == 0);
  // It needs 2 blocks for its 17 known tokens, and request 0 leaves no more than one until it ends at 200.
  const Finished& preempted = bench.reports[1];
  CHECK(preempted.request.id == 1);
  CHECK(preempted.admitted == 0);
  CHECK(preempted.first_token == 10);
  CHECK(preempted.preemptions == 1);
  CHECK(preempted.worst_gap == 200);
  CHECK(preempted.end == 210 + 18 * 10);
  CHECK(preempted.generated == 20);
}

TEST_CASE("an arrival on a boundary joins the step that begins there; one a tick later waits for the next") {
  BenchReplica on(constant_costs());
  on.arrive(0, 0, 1, 5);
  on.arrive(1, 20, 1, 1);
  on.advance_to(1000);
  REQUIRE(on.reports.size() == 2);
  CHECK(on.reports[0].request.id == 1);
  CHECK(on.reports[0].admitted == 20);
  CHECK(on.reports[0].first_token == 30);
  CHECK(on.reports[1].end == 50);

  BenchReplica after(constant_costs());
  after.arrive(0, 0, 1, 5);
  after.arrive(1, 21, 1, 1);
  after.advance_to(1000);
  REQUIRE(after.reports.size() == 2);
  CHECK(after.reports[0].admitted == 30);
  CHECK(after.reports[1].end == 50);
}

TEST_CASE("requests that arrive at the same tick begin together, also where the last one just ended") {
  BenchReplica bench(constant_costs());
  bench.arrive(0, 5, 1, 1);
  bench.arrive(1, 5, 1, 2);
  bench.arrive(2, 25, 1, 1);
  bench.arrive(3, 25, 1, 1);
  bench.advance_to(1000);
  REQUIRE(bench.reports.size() == 4);
  CHECK(bench.reports[0].end == 15);
  CHECK(bench.reports[1].first_token == 15);
  CHECK(bench.reports[1].end == 25);
  CHECK(bench.reports[2].request.id == 2);
  CHECK(bench.reports[2].end == 35);
  CHECK(bench.reports[3].request.id == 3);
  CHECK(bench.reports[3].admitted == 25);
}

TEST_CASE("a replica with all seats taken leaves arrivals in the queue, in their order") {
  BenchReplica bench(constant_costs(), {.max_sequences = 1});
  bench.arrive(0, 0, 1, 3);
  bench.arrive(1, 1, 1, 1);
  bench.arrive(2, 2, 1, 1);
  CHECK(bench.replica.waiting() == 2);
  CHECK(bench.replica.outstanding() == 3);
  bench.advance_to(1000);
  REQUIRE(bench.reports.size() == 3);
  CHECK(bench.reports[0].end == 30);
  CHECK(bench.reports[1].request.id == 1);
  CHECK(bench.reports[1].end == 40);
  CHECK(bench.reports[2].end == 50);
}

TEST_CASE("a request fits when its tokens fit the context and its cache the blocks") {
  BenchReplica bench(constant_costs(), {.blocks = 2, .context = 33});
  Request request;
  request.prompt_tokens = 16;
  request.output_tokens = 17;  // the last token is never put into the cache: 32 tokens, 2 blocks
  CHECK(bench.replica.fits(request));
  request.output_tokens = 18;
  CHECK_FALSE(bench.replica.fits(request));

  BenchReplica tight(constant_costs(), {.blocks = 2, .context = 1000});
  CHECK_FALSE(tight.replica.fits(request));
}

TEST_CASE("work is reported pro rata inside a step, and the pieces add up") {
  BenchReplica bench(constant_costs());
  bench.arrive(0, 0, 1, 3);
  bench.advance_to(4);
  bench.report_work(4);
  REQUIRE(bench.work.size() == 1);
  CHECK(bench.work[0].kind == WorkKind::prefill);
  CHECK(bench.work[0].to == 4);
  CHECK(bench.work[0].energy == Energy{40});
  CHECK(bench.work[0].prompt_tokens == 0);
  bench.advance_to(23);
  bench.report_work(23);
  bench.advance_to(1000);
  Energy energy;
  std::int64_t prompt = 0;
  std::int64_t output = 0;
  Ticks covered = 0;
  for (const Work& piece : bench.work) {
    CHECK(piece.from == covered);
    covered = piece.to;
    energy += piece.energy;
    prompt += piece.prompt_tokens;
    output += piece.output_tokens;
  }
  CHECK(covered == 30);
  CHECK(energy == Energy{300});
  CHECK(prompt == 1);
  CHECK(output == 3);
}

TEST_CASE("steps that an arrival cuts where work was just reported leave no empty piece behind") {
  BenchReplica bench(constant_costs());
  bench.arrive(0, 0, 1, 10);
  // Decode steps from 10 on, ten ticks each; at 30 two of them are reported, and an arrival cuts the run right there.
  bench.advance_to(30);
  bench.report_work(30);
  bench.arrive(1, 30, 1, 1);
  bench.advance_to(1000);
  std::int64_t output = 0;
  for (const Work& piece : bench.work) {
    CHECK(piece.from < piece.to);
    output += piece.output_tokens;
  }
  CHECK(output == 11);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[0].request.id == 1);
  CHECK(bench.reports[0].admitted == 30);
}

TEST_CASE("at the horizon everything is taken out as it stands") {
  BenchReplica bench(constant_costs(), {.max_sequences = 1});
  bench.arrive(0, 0, 1, 10);
  bench.arrive(1, 12, 1, 10);
  bench.advance_to(35);
  bench.report_work(35);
  const std::vector<Finished> unfinished = bench.replica.take_unfinished(35);
  REQUIRE(unfinished.size() == 2);
  CHECK(unfinished[0].request.id == 0);
  CHECK(unfinished[0].generated == 3);
  CHECK(unfinished[0].first_token == 10);
  CHECK(unfinished[0].end == kNever);
  CHECK(unfinished[0].worst_gap == 10);
  CHECK(unfinished[0].energy == Energy{300});
  CHECK(unfinished[1].request.id == 1);
  CHECK(unfinished[1].admitted == kNever);
  CHECK(unfinished[1].first_token == kNever);
  CHECK(unfinished[1].generated == 0);
  CHECK(bench.replica.outstanding() == 0);
  CHECK(bench.replica.blocks_in_use(10'000) == 0);
}

class DoesNothing final : public BatchPolicy {
 public:
  BatchPlan plan(const BatchView&) override { return {.admit = 0, .prefill_tokens = 0, .decode = false}; }
  std::int32_t max_sequences() const override { return 8; }
};

TEST_CASE("a policy that leaves work standing still is an error, not an endless wait") {
  BenchReplica bench(constant_costs(), {}, std::make_unique<DoesNothing>());
  bench.arrive(0, 0, 1, 1);
  CHECK_THROWS_AS(bench.advance_to(100), Error);
}

}  // namespace
TEST_CASE("the KV blocks in use are known at any instant within a jump over many steps") {
  BenchReplica bench(constant_costs(), {.blocks = 100, .context = 400, .max_sequences = 2});
  bench.arrive(0, 0, 16, 200);
  bench.advance_to(11);
  const std::int64_t at_first = bench.replica.blocks_in_use(11);
  std::int64_t last = at_first;
  for (Ticks now = 11; bench.replica.next_change() > at_end(now); ++now) {
    const std::int64_t in_use = bench.replica.blocks_in_use(now);
    CHECK(in_use >= last);
    CHECK(in_use <= last + 1);  // one sequence takes a block at a time
    last = in_use;
  }
  // 16 + 199 tokens are in the KV memory when the last token is generated.
  CHECK(last == (16 + 199 + 15) / 16);
  CHECK(at_first == 2);
  CHECK(bench.replica.kv_usage(11) == Approx(0.02));
}

}  // namespace idlewatt
