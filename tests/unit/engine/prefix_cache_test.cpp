// Prompts that begin alike: blocks that are kept, shared and evicted.
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/kv_blocks.hpp"
#include "engine/replica.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<PrefixPolicy> lru(bool sessions = false, double block_tokens = 0) {
  Parameters parameters;
  parameters.set("block_tokens", block_tokens);
  parameters.set("sessions", sessions ? 1 : 0);
  return declare_lru_prefix_cache().make(parameters);
}

Request with_blocks(std::int64_t id, std::int32_t prompt, std::vector<std::uint64_t> keys) {
  Request request;
  request.id = id;
  request.prompt_tokens = prompt;
  request.prefix_blocks = std::move(keys);
  return request;
}

TEST_CASE("the cache evicts what was let go of first, and forgets its key") {
  PrefixCache cache;
  const std::int32_t a = cache.add(11);
  const std::int32_t b = cache.add(22);
  const std::int32_t c = cache.add(33);
  CHECK(cache.evictable() == 0);
  cache.let_go(b);
  cache.let_go(a);
  cache.let_go(c);
  cache.hold(a);
  CHECK(cache.evictable() == 2);
  CHECK(cache.is_held(a));
  cache.evict(1);
  CHECK(cache.find(22) == PrefixCache::kAbsent);
  CHECK(cache.find(33) == c);
  cache.let_go(a);
  cache.evict(1);
  CHECK(cache.find(33) == PrefixCache::kAbsent);
  CHECK(cache.find(11) == a);
  CHECK(cache.evictable() == 1);
}

TEST_CASE("a second prompt computes only what it does not share, and always its last token") {
  const auto policy = lru();
  BenchReplica bench(round_costs(), {.blocks = 10}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 40, {1, 2}), 1);
  bench.arrive(with_blocks(1, 40, {1, 2}), 1);  // at the same tick: nothing is computed yet
  bench.advance_to(1000);
  CHECK(bench.blocks_in_use() == 0);
  bench.arrive(with_blocks(2, 40, {1, 2}), 1, 1000);
  bench.arrive(with_blocks(3, 32, {1, 2}), 1, 2000);  // the second block holds its last token
  bench.arrive(with_blocks(4, 40, {1, 9}), 1, 3000);
  bench.arrive(with_blocks(5, 40, {8, 2}), 1, 4000);
  bench.advance_to(10'000);
  REQUIRE(bench.reports.size() == 6);
  CHECK(bench.reports[0].prefix_tokens == 0);
  CHECK(bench.reports[1].prefix_tokens == 0);
  CHECK(bench.reports[2].prefix_tokens == 32);
  CHECK(bench.reports[2].end == 1000 + 100 + 10 + 8 * 2);
  CHECK(bench.reports[3].prefix_tokens == 16);
  CHECK(bench.reports[4].prefix_tokens == 16);
  CHECK(bench.reports[5].prefix_tokens == 0);
  std::int64_t computed = 0;
  for (const Work& piece : bench.work) {
    computed += piece.prompt_tokens;
  }
  CHECK(computed == 40 + 40 + 8 + 16 + 24 + 40);
}

TEST_CASE("sequences that run share blocks, and nobody takes what another holds") {
  const auto policy = lru();
  BenchReplica bench(constant_costs(), {.blocks = 10, .context = 160}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 64, {1, 2, 3, 4}), 20);
  bench.advance_to(20);
  CHECK(bench.blocks_in_use() == 5);
  bench.arrive(with_blocks(1, 66, {1, 2, 3, 4}), 20, 25);
  bench.advance_to(40);
  // Four blocks are shared, each has one of its own.
  CHECK(bench.blocks_in_use() == 6);
  bench.advance_to(100'000);
  CHECK(bench.blocks_in_use() == 0);
  CHECK(bench.reports.size() == 2);
}

TEST_CASE("memory pressure evicts what was used least recently, the tail of a prefix first") {
  const auto policy = lru();
  BenchReplica bench(constant_costs(), {.blocks = 6, .context = 96}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 48, {1, 2, 3}), 1, 0);
  bench.arrive(with_blocks(1, 32, {7, 8}), 1, 100);
  // Wants three blocks: one is blank, two are evicted of 3, 2, 1, 8, 7.
  bench.arrive(with_blocks(2, 40, {}), 1, 200);
  bench.arrive(with_blocks(3, 48, {1, 2, 3}), 1, 300);
  bench.arrive(with_blocks(4, 48, {7, 8}), 1, 400);
  bench.advance_to(1000);
  REQUIRE(bench.reports.size() == 5);
  CHECK(bench.reports[3].prefix_tokens == 16);
  CHECK(bench.reports[4].prefix_tokens == 32);
  CHECK(bench.blocks_in_use() == 0);
}

TEST_CASE("who is preempted finds its own blocks again, while nobody wanted them") {
  const auto policy = lru();
  BenchReplica bench(constant_costs(), {.blocks = 5, .context = 80}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 32, {1, 2}), 15);
  bench.arrive(with_blocks(1, 32, {3, 4}), 15);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[0].preemptions == 0);
  CHECK(bench.reports[1].preemptions == 1);
  // Both want a third block and one is free. It comes back when request 0, which needs no fourth, has ended.
  CHECK(bench.reports[1].prefix_tokens == 32);
}

TEST_CASE("turns of a session may be taken to continue each other") {
  Request turn;
  turn.session = 5;
  turn.prompt_tokens = 50;
  CHECK(lru()->known_blocks(turn) == 0);
  const auto continued = lru(true);
  CHECK(continued->known_blocks(turn) == 3);
  Request next = turn;
  next.prompt_tokens = 100;
  CHECK(continued->key(next, 2) == continued->key(turn, 2));
  next.session = 6;
  CHECK(continued->key(next, 2) != continued->key(turn, 2));
  next.prefix_blocks = {1, 2};
  CHECK(continued->known_blocks(next) == 2);
  CHECK(continued->key(next, 1) == 2);
}

TEST_CASE("hashes of larger blocks stand for all the KV blocks in them") {
  const auto policy = lru();
  const auto of_64 = [](Request one) {
    one.block_tokens = 64;
    return one;
  };
  const Request request = of_64(with_blocks(0, 100, {5, 6}));
  CHECK(policy->known_blocks(request) == 6);
  CHECK(policy->known_blocks(of_64(with_blocks(0, 1000, {5, 6}))) == 8);
  CHECK(lru(false, 64)->known_blocks(request) == 6);
  CHECK_THROWS_WITH(lru(false, 16)->known_blocks(request),
                    "`prefix_cache`: `block_tokens` is 16, but the trace's hashes are of blocks of 64 tokens (expected "
                    "no `block_tokens`, or what the trace says)");
  const Request other = of_64(with_blocks(1, 200, {5, 7, 8}));
  for (std::int64_t i = 0; i < 6; ++i) {
    CHECK((policy->key(request, i) == policy->key(other, i)) == (i < 4));
    CHECK((policy->key(request, i) == policy->key(request, 0)) == (i == 0));
  }
}

TEST_CASE("the cache finds all full KV blocks of a prompt that comes again, by hashes of 512 tokens") {
  const auto policy = lru();
  Request prompt = with_blocks(0, 5120, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  prompt.block_tokens = 512;
  CHECK(policy->known_blocks(prompt) == 5120 / 16);
  Request longer = with_blocks(1, 6000, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 71});
  longer.block_tokens = 512;
  for (std::int64_t block = 0; block < 5120 / 16; ++block) {
    REQUIRE(policy->key(prompt, block) == policy->key(longer, block));
  }
  CHECK(policy->known_blocks(longer) == 6000 / 16);
}

TEST_CASE("a replica whose engine stopped has lost its prefixes") {
  const auto policy = lru();
  BenchReplica bench(constant_costs(), {.blocks = 6, .context = 96}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 48, {1, 2, 3}), 1, 0);
  bench.advance_to(100);
  bench.replica.lose_memory();
  bench.arrive(with_blocks(1, 48, {1, 2, 3}), 1, 100);
  bench.advance_to(1000);
  REQUIRE(bench.reports.size() == 2);
  CHECK(bench.reports[1].prefix_tokens == 0);
}

}  // namespace
}  // namespace idlewatt
