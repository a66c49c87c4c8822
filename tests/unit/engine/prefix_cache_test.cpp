// Prompts that begin alike: blocks that are kept, shared and evicted.
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/prefix_tree.hpp"
#include "engine/replica.hpp"
#include "support/catch.hpp"
#include "unit/engine/bench_replica.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<PrefixPolicy> lru(bool sessions = false, double block_tokens = 0) {
  Parameters parameters = Parameters::defaults_of(declare_lru_prefix_cache().info);
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

/// Labels of a request of one run of blocks.
PrefixContent labelled(const std::vector<std::uint64_t>& labels) {
  PrefixContent content;
  content.labels = labels;
  content.known_blocks = static_cast<std::int64_t>(labels.size());
  return content;
}

TEST_CASE("the tree evicts what was let go of first, the last blocks of it before the others") {
  const std::vector<std::uint64_t> one{1, 2, 3};
  const std::vector<std::uint64_t> other{1, 2, 9, 8};
  PrefixTree tree;
  std::vector<PrefixTree::Hold> first;
  std::vector<PrefixTree::Hold> second;
  tree.extend(labelled(one), 0, 3, first);
  CHECK(tree.hold(labelled(other), 4, second) == 2);
  tree.extend(labelled(other), 2, 4, second);
  CHECK(tree.evictable() == 0);
  CHECK(tree.let_go(first) == 2);
  CHECK(tree.evictable() == 1);
  CHECK(tree.match(labelled(one), 3).blocks == 3);
  CHECK(tree.match(labelled(one), 3).held == 2);
  CHECK(tree.let_go(second) == 0);
  CHECK(tree.evictable() == 5);
  tree.evict(2);
  CHECK(tree.match(labelled(one), 3).blocks == 2);
  CHECK(tree.match(labelled(other), 4).blocks == 3);
  tree.evict(2);
  CHECK(tree.match(labelled(other), 4).blocks == 1);
  tree.evict(1);
  CHECK(tree.match(labelled(other), 4).blocks == 0);
  CHECK(tree.evictable() == 0);
}

TEST_CASE("copies of a block stay side by side, and the one that came first is found") {
  const std::vector<std::uint64_t> labels{1, 2, 3};
  PrefixTree tree;
  std::vector<PrefixTree::Hold> first;
  std::vector<PrefixTree::Hold> second;
  tree.extend(labelled(labels), 0, 3, first);
  tree.extend(labelled(labels), 0, 2, second);
  CHECK(tree.let_go(first) == 0);
  CHECK(tree.evictable() == 3);
  CHECK(tree.match(labelled(labels), 3).held == 0);
  tree.evict(3);
  CHECK(tree.match(labelled(labels), 3).blocks == 2);
  CHECK(tree.match(labelled(labels), 3).held == 2);
  // The second goes on: nobody knows its third block any more.
  tree.extend(labelled(labels), 2, 3, second);
  CHECK(tree.let_go(second) == 0);
  CHECK(tree.evictable() == 3);
}

TEST_CASE("a second prompt computes only what it does not share, and always its last token") {
  const auto policy = lru();
  BenchReplica bench(round_costs(), {.blocks = 10}, nullptr, policy.get());
  bench.arrive(with_blocks(0, 40, {1, 2}), 1);
  bench.arrive(with_blocks(1, 40, {1, 2}), 1);  // at the same tick: shares what the step computes for the first
  bench.advance_to(1000);
  CHECK(bench.blocks_in_use() == 0);
  bench.arrive(with_blocks(2, 40, {1, 2}), 1, 1000);
  bench.arrive(with_blocks(3, 32, {1, 2}), 1, 2000);  // the second block holds its last token
  bench.arrive(with_blocks(4, 40, {1, 9}), 1, 3000);
  bench.arrive(with_blocks(5, 40, {8, 2}), 1, 4000);
  bench.advance_to(10'000);
  REQUIRE(bench.reports.size() == 6);
  CHECK(bench.reports[0].prefix_tokens == 0);
  CHECK(bench.reports[1].prefix_tokens == 32);
  CHECK(bench.reports[2].prefix_tokens == 32);
  CHECK(bench.reports[2].end == 1000 + 100 + 10 + 8 * 2);
  CHECK(bench.reports[3].prefix_tokens == 16);
  CHECK(bench.reports[4].prefix_tokens == 16);
  CHECK(bench.reports[5].prefix_tokens == 0);
  std::int64_t computed = 0;
  for (const Work& piece : bench.work) {
    computed += piece.prompt_tokens;
  }
  CHECK(computed == 40 + 8 + 8 + 16 + 24 + 40);
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
  // Request 2 has left two blocks of its own; request 3 wants two: one is blank, one is evicted of 8, 7.
  CHECK(bench.reports[4].prefix_tokens == 16);
  CHECK(bench.blocks_in_use() == 0);
}

TEST_CASE("who is preempted finds its own blocks again, answers too, with hashes in the trace or without") {
  const bool hashes = GENERATE(true, false);
  const auto policy = lru();
  BenchReplica bench(constant_costs(), {.blocks = 6, .context = 80}, nullptr, policy.get());
  using Hashes = std::vector<std::uint64_t>;
  bench.arrive(with_blocks(0, 32, hashes ? Hashes{1, 2} : Hashes{}), 32);
  bench.arrive(with_blocks(1, 32, hashes ? Hashes{3, 4} : Hashes{}), 18);
  bench.advance_to(100'000);
  REQUIRE(bench.reports.size() == 2);
  const Finished& preempted = bench.reports[1];
  CHECK(preempted.request.id == 1);
  CHECK(preempted.preemptions == 1);
  CHECK(preempted.prefix_tokens == 0);  // what it finds it had computed itself
  // Both want a fourth block with their 17th token, and none is free: request 1 has 48 tokens in three full blocks. One
  // of them is taken, the other two it finds when request 0 has ended.
  std::int64_t computed = 0;
  for (const Work& piece : bench.work) {
    computed += piece.prompt_tokens;
  }
  CHECK(computed == 32 + 32 + 17);
}

TEST_CASE("turns of a session may be taken to continue each other") {
  Request turn;
  turn.session = 5;
  turn.prompt_tokens = 50;
  CHECK(lru()->content(turn).known_blocks == 0);
  CHECK(lru()->content(turn).earlier_answer == 0);
  const auto continued = lru(true);
  CHECK(continued->content(turn).known_blocks == 3);
  Request next = turn;
  next.prompt_tokens = 100;
  CHECK(continued->content(next).label(2) == continued->content(turn).label(2));
  CHECK(continued->content(next).earlier_answer == continued->content(turn).rest);
  next.session = 6;
  CHECK(continued->content(next).label(2) != continued->content(turn).label(2));
  next.prefix_blocks = {1, 2};
  CHECK(continued->content(next).known_blocks == 2);
  CHECK(continued->content(next).label(1) == 2);
  // Of six full blocks two are known: the rest may be of this turn alone.
  CHECK(continued->content(next).earlier_answer == 0);
}

Request of_blocks(std::int32_t block_tokens, Request request) {
  request.block_tokens = block_tokens;
  return request;
}

TEST_CASE("hashes of larger blocks stand for all the KV blocks in them") {
  const auto policy = lru();
  const Request request = of_blocks(64, with_blocks(0, 100, {5, 6}));
  CHECK(policy->content(request).known_blocks == 6);
  CHECK(policy->content(of_blocks(64, with_blocks(0, 1000, {5, 6}))).known_blocks == 8);
  CHECK(lru(false, 64)->content(request).known_blocks == 6);
  CHECK_THROWS_WITH(lru(false, 16)->content(request),
                    "`prefix_cache`: `block_tokens` is 16, but the trace's hashes are of blocks of 64 tokens (expected "
                    "no `block_tokens`, or what the trace says)");
  const Request other = of_blocks(64, with_blocks(1, 200, {5, 7, 8}));
  for (std::int64_t i = 0; i < 6; ++i) {
    CHECK((policy->content(request).label(i) == policy->content(other).label(i)) == (i < 4));
  }
  // Hashes of 24 tokens end within KV blocks: a block goes with its last token.
  const Request third = of_blocks(24, with_blocks(2, 72, {5, 6, 7}));
  const PrefixContent content = policy->content(third);
  CHECK(content.known_blocks == 4);
  CHECK(content.label(1) == content.label(2));
  CHECK(content.label(0) != content.label(1));
  CHECK(content.label(2) != content.label(3));
  // Hashes of other blocks are other labels.
  CHECK(content.label(0) != policy->content(request).label(0));
}

TEST_CASE("the cache finds all full KV blocks of a prompt that comes again, by hashes of 512 tokens") {
  const auto policy = lru();
  const Request prompt = of_blocks(512, with_blocks(0, 5120, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  const Request longer = of_blocks(512, with_blocks(1, 6000, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 71}));
  CHECK(policy->content(prompt).known_blocks == 5120 / 16);
  CHECK(policy->content(longer).known_blocks == 6000 / 16);
  PrefixTree tree;
  std::vector<PrefixTree::Hold> holds;
  tree.extend(policy->content(prompt), 0, 5120 / 16, holds);
  CHECK(tree.match(policy->content(longer), 6000 / 16).blocks == 5120 / 16);
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
