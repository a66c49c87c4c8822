#include "workload/sessions.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "support.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

GeneratedTraffic conversations() {
  GeneratedTraffic traffic;
  traffic.name = "talk";
  traffic.duration_s = 100'000.0;
  traffic.mean_rate_rps = 2.0;
  traffic.sessions = {4.0, {30.0, 0.8}, 100, 1'000'000};
  traffic.prompt_tokens = {{0.0, 1.0}, {10.0, 90.0}};
  traffic.output_tokens = {{0.0, 1.0}, {5.0, 195.0}};
  return traffic;
}

}  // namespace

TEST_CASE("Sessions have geometric turns, the stated rate, and prompts that hold the history") {
  const std::vector<Query> queries = test::read_all(*generate(conversations(), 1.0, 1));
  CHECK(static_cast<double>(queries.size()) == Approx(200'000.0).epsilon(0.03));
  std::map<std::uint64_t, std::vector<const Query*>> sessions;
  Ticks last = 0;
  for (const Query& query : queries) {
    REQUIRE(query.arrival >= last);
    last = query.arrival;
    REQUIRE(query.session != 0);
    sessions[query.session].push_back(&query);
  }
  CHECK(static_cast<double>(queries.size()) / static_cast<double>(sessions.size()) == Approx(4.0).epsilon(0.03));
  std::int64_t single = 0;
  for (const auto& [session, turns] : sessions) {
    single += turns.size() == 1 ? 1 : 0;
    for (std::size_t i = 1; i < turns.size(); ++i) {
      const std::int32_t added = turns[i]->prompt_tokens - turns[i - 1]->prompt_tokens - turns[i - 1]->output_tokens;
      REQUIRE(added >= 10);
      REQUIRE(added <= 90);
    }
    REQUIRE(turns[0]->prompt_tokens >= 110);
    REQUIRE(turns[0]->prompt_tokens <= 190);
  }
  CHECK(static_cast<double>(single) / static_cast<double>(sessions.size()) == Approx(0.25).epsilon(0.03));
}

TEST_CASE("Prefix blocks: the system prompt is everybody's, the history one's own") {
  GeneratedTraffic traffic = conversations();
  traffic.duration_s = 1000.0;
  const std::vector<Query> queries = test::read_all(*generate(traffic, 1.0, 1));
  std::map<std::uint64_t, const Query*> last_turn;
  std::set<std::uint64_t> own;
  for (const Query& query : queries) {
    REQUIRE(query.prefix_blocks.size() == static_cast<std::size_t>(query.prompt_tokens / kPrefixBlockTokens));
    // 100 tokens are six full blocks; the seventh is shared with the session's own words.
    REQUIRE(std::equal(query.prefix_blocks.begin(), query.prefix_blocks.begin() + 6,
                       queries.front().prefix_blocks.begin()));
    const Query*& before = last_turn[query.session];
    if (before == nullptr) {
      for (std::size_t i = 6; i < query.prefix_blocks.size(); ++i) {
        REQUIRE(own.insert(query.prefix_blocks[i]).second);
      }
    } else {
      REQUIRE(query.prefix_blocks.size() >= before->prefix_blocks.size());
      REQUIRE(std::equal(before->prefix_blocks.begin(), before->prefix_blocks.end(), query.prefix_blocks.begin()));
    }
    before = &query;
  }
}

TEST_CASE("A session ends before its context would be too long, and the seed decides everything") {
  GeneratedTraffic traffic = conversations();
  traffic.duration_s = 5000.0;
  traffic.sessions.max_context_tokens = 600;
  const std::vector<Query> queries = test::read_all(*generate(traffic, 1.0, 3));
  REQUIRE(queries.size() > 1000);
  for (const Query& query : queries) {
    REQUIRE(query.prompt_tokens + query.output_tokens <= 600);
  }
  const std::vector<Query> again = test::read_all(*generate(traffic, 1.0, 3));
  CHECK(std::equal(queries.begin(), queries.end(), again.begin(), again.end(), [](const Query& a, const Query& b) {
    return a.arrival == b.arrival && a.session == b.session && a.prompt_tokens == b.prompt_tokens &&
           a.prefix_blocks == b.prefix_blocks;
  }));
  traffic.sessions.max_context_tokens = 50;  // shorter than the system prompt
  CHECK(test::read_all(*generate(traffic, 1.0, 3)).empty());
}

}  // namespace idlewatt
