// Schedules that vLLM V1's own tests state (tests/v1/core of github.com/vllm-project/vllm, 0.19): KV blocks of 16 tokens,
// each step takes 1000 ticks.
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/replica.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

/// A trace that knows answers too: hashes are of the leading blocks of prompt and answer.
class KnowsAnswers final : public PrefixPolicy {
 public:
  bool keeps_blocks() const override { return true; }
  PrefixContent content(const Request& request) const override {
    PrefixContent content;
    content.labels = request.prefix_blocks;
    content.known_blocks = static_cast<std::int64_t>(request.prefix_blocks.size());
    content.rest = 1'000'000 + static_cast<std::uint64_t>(request.id);
    content.prompt_tokens = request.prompt_tokens;
    content.tokens = std::int64_t{request.prompt_tokens} + request.output_tokens;
    return content;
  }
};

LineModelCosts thousand_ticks() {
  LineModelCosts costs;
  costs.pieces = {{.duration_at_zero = 1000, .energy_at_zero_fj = 1}};
  return costs;
}

Request request(std::int64_t id, std::int32_t prompt, std::vector<std::uint64_t> hashes = {},
                std::int16_t priority = 0) {
  Request result;
  result.id = id;
  result.prompt_tokens = prompt;
  result.prefix_blocks = std::move(hashes);
  result.priority = priority;
  return result;
}

TEST_CASE("requests of one step share the blocks that it computes") {
  const KnowsAnswers prefix;
  BenchReplica bench(thousand_ticks(), {.blocks = 10, .max_sequences = 16, .token_budget = 8192}, nullptr, &prefix);
  bench.arrive(request(0, 55, {1, 2, 3}), 2);
  bench.arrive(request(1, 53, {1, 2, 3}), 2);
  bench.advance_to(1000);
  REQUIRE(bench.work.size() == 1);
  CHECK(bench.work[0].prompt_tokens == 60);
  bench.advance_to(10'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[1].prefix_tokens == 48);
}

TEST_CASE("blocks of answers are found: those that the prompt began, too") {
  const KnowsAnswers prefix;
  BenchReplica bench(thousand_ticks(), {.blocks = 10, .max_sequences = 16, .token_budget = 8192}, nullptr, &prefix);
  // Nine tokens of the answer fill the fourth block.
  bench.arrive(request(0, 55, {1, 2, 3, 4}), 30);
  bench.arrive(request(1, 70, {1, 2, 3, 4}), 1, 40'000);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[1].prefix_tokens == 64);
}

TEST_CASE("answers are found by the next turn of their session, where it is long enough to hold them") {
  const std::int32_t prompt = GENERATE(84, 85, 90);
  const auto prefix = declare_lru_prefix_cache().make(Parameters::defaults_of(declare_lru_prefix_cache().info));
  BenchReplica bench(thousand_ticks(), {.blocks = 10, .max_sequences = 16, .token_budget = 8192}, nullptr,
                     prefix.get());
  Request first = request(0, 55, {1, 2, 3});
  Request second = request(1, prompt, {1, 2, 3, 4, 5});
  Request third = request(2, 110, {1, 2, 3, 4, 5, 6});
  first.session = second.session = third.session = 7;
  bench.arrive(first, 30);
  bench.arrive(second, 10, 40'000);
  bench.arrive(third, 1, 60'000);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 3);
  // Of 85 tokens 84 are in the KV memory: five blocks.
  CHECK(bench.reports[1].prefix_tokens == (prompt < 85 ? 48 : 80));
  CHECK(bench.reports[2].prefix_tokens == (prompt < 85 ? 80 : 80 + (prompt + 9) / 96 * 16));
}

TEST_CASE("the least urgent request is preempted, and not the one that joined last") {
  const auto order = declare_priority().make({});
  BenchReplica bench(thousand_ticks(), {.blocks = 5, .max_sequences = 3, .token_budget = 200}, nullptr, nullptr,
                     order.get());
  bench.arrive(request(0, 32, {}, -5), 16);
  bench.arrive(request(1, 32, {}, 0), 16, 500);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[0].request.id == 1);
  CHECK(bench.reports[0].preemptions == 0);
  CHECK(bench.reports[0].end == 17'000);
  CHECK(bench.reports[1].preemptions == 1);
}

TEST_CASE("the least urgent request is preempted, also where it has got its block already") {
  const auto order = declare_priority().make({});
  BenchReplica bench(thousand_ticks(), {.blocks = 4, .max_sequences = 2, .token_budget = 200}, nullptr, nullptr,
                     order.get());
  bench.arrive(request(0, 30, {}, -1), 16);
  bench.arrive(request(1, 32, {}, 0), 3, 500);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[0].request.id == 1);
  CHECK(bench.reports[0].end == 4000);
  CHECK(bench.reports[1].preemptions == 1);
}

TEST_CASE("blocks of equal tokens stay in the cache when one of their holders ends") {
  const KnowsAnswers prefix;
  BenchReplica bench(thousand_ticks(), {.blocks = 7, .max_sequences = 16, .token_budget = 8192}, nullptr, &prefix);
  bench.arrive(request(0, 33, {1, 2}), 1);
  bench.arrive(request(1, 33, {1, 2}), 40);
  bench.arrive(request(2, 48), 1, 3000);
  bench.arrive(request(3, 33, {1, 2}), 1, 6000);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 4);
  CHECK(bench.reports[2].request.id == 3);
  CHECK(bench.reports[2].prefix_tokens == 32);
}

}  // namespace
}  // namespace idlewatt
