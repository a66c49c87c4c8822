#include "traffic/sessions.hpp"

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
  const std::vector<Request> requests = test::read_all(*generate(conversations(), 1.0, 1));
  CHECK(static_cast<double>(requests.size()) == Approx(200'000.0).epsilon(0.03));
  std::map<std::uint64_t, std::vector<const Request*>> sessions;
  Ticks last = 0;
  for (const Request& request : requests) {
    REQUIRE(request.arrival >= last);
    last = request.arrival;
    REQUIRE(request.session != 0);
    sessions[request.session].push_back(&request);
  }
  CHECK(static_cast<double>(requests.size()) / static_cast<double>(sessions.size()) == Approx(4.0).epsilon(0.03));
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
  const std::vector<Request> requests = test::read_all(*generate(traffic, 1.0, 1));
  std::map<std::uint64_t, const Request*> last_turn;
  std::set<std::uint64_t> own;
  for (const Request& request : requests) {
    REQUIRE(request.prefix_blocks.size() == static_cast<std::size_t>(request.prompt_tokens / kPrefixBlockTokens));
    // 100 tokens are six full blocks; the seventh is shared with the session's own words.
    REQUIRE(std::equal(request.prefix_blocks.begin(), request.prefix_blocks.begin() + 6,
                       requests.front().prefix_blocks.begin()));
    const Request*& before = last_turn[request.session];
    if (before == nullptr) {
      for (std::size_t i = 6; i < request.prefix_blocks.size(); ++i) {
        REQUIRE(own.insert(request.prefix_blocks[i]).second);
      }
    } else {
      REQUIRE(request.prefix_blocks.size() >= before->prefix_blocks.size());
      REQUIRE(std::equal(before->prefix_blocks.begin(), before->prefix_blocks.end(), request.prefix_blocks.begin()));
    }
    before = &request;
  }
}

TEST_CASE("Where a context would be too long a new session begins, and the seed decides everything") {
  GeneratedTraffic traffic = conversations();
  traffic.duration_s = 5000.0;
  traffic.sessions.max_context_tokens = 600;
  const std::vector<Request> requests = test::read_all(*generate(traffic, 1.0, 3));
  // At two turns a second; a turn that does not fit does not go.
  CHECK(static_cast<double>(requests.size()) == Approx(10'000.0).epsilon(0.05));
  for (const Request& request : requests) {
    REQUIRE(request.prompt_tokens + request.output_tokens <= 600);
  }
  const std::vector<Request> again = test::read_all(*generate(traffic, 1.0, 3));
  CHECK(
      std::equal(requests.begin(), requests.end(), again.begin(), again.end(), [](const Request& a, const Request& b) {
        return a.arrival == b.arrival && a.session == b.session && a.prompt_tokens == b.prompt_tokens &&
               a.prefix_blocks == b.prefix_blocks;
      }));
  traffic.sessions.max_context_tokens = 50;  // shorter than the system prompt
  CHECK_THROWS_WITH(generate(traffic, 1.0, 3),
                    "talk: sessions.max_context: the longest first turn has 385 tokens with its system prompt and its "
                    "answer, and the context holds 50 (expected a longer context, or a clip of prompt_tokens and "
                    "output_tokens)");
}

}  // namespace idlewatt
