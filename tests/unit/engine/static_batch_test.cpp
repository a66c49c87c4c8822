// Static batches: the wait for company, padding, answers that come together.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "engine/replica.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

/// A window in ticks.
std::unique_ptr<BatchPolicy> window(int max_sequences, Ticks ticks) {
  Parameters parameters;
  parameters.set("max_sequences", max_sequences);
  parameters.set("window", to_seconds(ticks));
  return declare_window().make(parameters);
}

TEST_CASE("a window collects requests from the first arrival on") {
  BenchReplica bench(constant_costs(), {}, window(8, 1000));
  bench.arrive(0, 100, 5, 2);
  CHECK(bench.replica.next_change() == at_plan(100));
  bench.arrive(1, 900, 5, 2);
  CHECK_FALSE(bench.replica.stepping());
  CHECK(bench.replica.next_change() == at_plan(1100));
  bench.arrive(2, 1100, 5, 2);  // at the last tick
  bench.arrive(3, 1101, 5, 1);
  bench.advance_to(1'000'000);

  REQUIRE(bench.reports.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(bench.reports[i].admitted == 1100);
    CHECK(bench.reports[i].first_token == 1110);
    CHECK(bench.reports[i].end == 1120);
  }
  // The fourth waits for the batch, and then for the rest of its window.
  CHECK(bench.reports[3].admitted == 2101);
}

TEST_CASE("a full window goes at once, whoever is left waits for the batch alone") {
  BenchReplica bench(constant_costs(), {}, window(2, 1000));
  bench.arrive(0, 0, 5, 200);
  bench.arrive(1, 10, 5, 1);
  bench.arrive(2, 10, 5, 1);
  bench.advance_to(1'000'000);
  REQUIRE(bench.reports.size() == 3);
  CHECK(bench.reports[0].admitted == 10);
  CHECK(bench.reports[1].admitted == 10);
  // The batch ends at 2010, and its window has long passed.
  CHECK(bench.reports[2].admitted == 2010);
}

TEST_CASE("who is done stays as padding: computed without context, answered with the batch") {
  BenchReplica bench(round_costs(), {}, window(2, 0));
  bench.arrive(0, 0, 5, 2);
  bench.arrive(1, 0, 3, 4);
  bench.advance_to(1'000'000);

  // [0, 136): prompts, 100 + 2 x 10 + 8 x 2.
  // [136, 266): both decode at contexts 6 and 4: 100 + 20 + 10. Request 0 has both its tokens.
  // [266, 391): request 1 at context 5, request 0 is padding: 100 + 20 + 5. [391, 517): at context 6.
  REQUIRE(bench.reports.size() == 2);
  const Finished& early = bench.reports[0];
  CHECK(early.request.id == 0);
  CHECK(early.first_token == 136);
  CHECK(early.end == 517);
  CHECK(early.worst_gap == 130);
  CHECK(early.generated == 2);
  // Its part of the prompts, of the step that it decoded in, and half of the fixed part of two steps of padding.
  CHECK(early.energy == Energy{(1000 + 8 * 7) * 5 / 8 + 500 + 3 * 6 + 500 + 500});
  const Finished& late = bench.reports[1];
  CHECK(late.end == 517);
  CHECK(late.energy == Energy{(1000 + 8 * 7) * 3 / 8 + 500 + 3 * 4 + 500 + 3 * 5 + 500 + 3 * 6});

  std::int64_t tokens = 0;
  for (const Work& piece : bench.work) {
    tokens += piece.output_tokens;
  }
  CHECK(tokens == 6);
  CHECK(bench.work.back().sequences == 1);
  CHECK(bench.blocks_in_use() == 0);
}

TEST_CASE("padding is in the batch for all who ask, and at the horizon") {
  BenchReplica bench(constant_costs(), {}, window(4, 0));
  bench.arrive(0, 0, 5, 1);
  bench.arrive(1, 0, 5, 100);
  bench.arrive(2, 5, 5, 1);
  bench.advance_to(205);
  CHECK(bench.replica.running() == 2);
  CHECK(bench.replica.waiting() == 1);
  bench.report_work(205);
  const std::vector<Finished> unfinished = bench.replica.take_unfinished(205);
  REQUIRE(unfinished.size() == 3);
  CHECK(unfinished[0].request.id == 0);
  CHECK(unfinished[0].generated == 1);
  CHECK(unfinished[0].end == kNever);
  CHECK(unfinished[1].generated == 20);
}

// ---- What is known of batching ----

/// Seconds in which one A100 serves `requests` requests that are all there, with answers of exponential length.
double makespan_s(std::unique_ptr<BatchPolicy> policy, int requests) {
  const Accelerator accelerator = a100();
  const Model model = llama_8b();
  const Engine engine = plain_engine();
  const auto physics = make_transformer({.accelerator = &accelerator, .model = &model, .engine = &engine});
  const ReplicaSpec spec(*physics, 20'000, 8192, policy->max_sequences());
  struct Last final : ReplicaObserver {
    void worked(const Work&) override {}
    void finished(Finished&& report) override { end = std::max(end, report.end); }
    Ticks end = 0;
  } last;
  Replica replica(spec, std::move(policy));
  RandomStream random(1, "output tokens");
  for (int i = 0; i < requests; ++i) {
    Request request;
    request.id = i;
    request.prompt_tokens = 100;
    request.output_tokens = 1 + static_cast<std::int32_t>(150.0 * random.exponential());
    replica.enqueue(Request(request), 0);
  }
  replica.advance_to(kNever / 4, last);
  REQUIRE(replica.outstanding() == 0);
  return to_seconds(last.end);
}

TEST_CASE("at mixed output lengths continuous batching gains several times over static batches") {
  // A static batch of n runs as long as its longest answer: of exponential lengths, 1 + 1/2 + ... + 1/n times the mean,
  // 4.7 times for 64. What continuous batching reaches of that is up to the physics. Yu et al. (Orca, OSDI 2022)
  // measured more, against engines that also waste memory.
  const BatchDeclaration declaration = declare_continuous();
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("max_sequences", 64);
  const double continuous_s = makespan_s(declaration.make(parameters), 2000);
  const double static_s = makespan_s(window(64, 0), 2000);
  CHECK(static_s > 2.5 * continuous_s);
  CHECK(static_s < 4.7 * continuous_s);
}

TEST_CASE("chunked prefill cuts the worst gap between tokens that whole prompts first would cause") {
  Ticks worst[2] = {0, 0};
  Ticks ttft[2] = {0, 0};
  for (const int first : {0, 1}) {
    const BatchDeclaration declaration = declare_continuous();
    Parameters parameters = Parameters::defaults_of(declaration.info);
    parameters.set("max_sequences", 16);
    parameters.set("token_budget", 64);
    parameters.set("prefill", first);
    LineModelCosts costs = round_costs();
    costs.pieces[0].duration_per_token = 0;
    BenchReplica bench(costs, {.blocks = 10'000, .context = 10'000, .max_sequences = 16}, declaration.make(parameters));
    bench.arrive(0, 0, 8, 300);
    bench.arrive(1, 1000, 4000, 10);
    bench.advance_to(10'000'000);
    REQUIRE(bench.reports.size() == 2);
    worst[first] = bench.reports[1].worst_gap;
    ttft[first] = bench.reports[0].first_token - 1000;
  }
  // Whole: 100 + 10 + 2 x 4000 ticks of prefill, and the decode step after it. In chunks: 64 tokens a step.
  CHECK(worst[1] > 8110);
  CHECK(worst[0] < 260);
  // The price: the long prompt itself waits longer.
  CHECK(ttft[1] < ttft[0]);
}

}  // namespace
}  // namespace idlewatt
