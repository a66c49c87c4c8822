#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// A router and what a pool tells it, kept by hand.
class Bench {
 public:
  explicit Bench(const std::string& name, std::int32_t replicas, const Parameters& changed = {})
      : random_(1, "routing"), loads_(static_cast<std::size_t>(replicas)) {
    const auto table = RouteFamily::built_in();
    const RouteDeclaration* declaration = find(table, name);
    REQUIRE(declaration != nullptr);
    Parameters parameters = Parameters::defaults_of(declaration->info);
    for (const auto& [key, value] : changed.all()) {
      parameters.set(key, value);
    }
    policy_ = declaration->make(parameters);
    policy_->resize(replicas);
  }

  /// The number of the replica; kNone when there is none.
  static constexpr std::int32_t kNone = -1;
  std::int32_t route(const Request& request = {}) {
    const std::optional<ReplicaId> replica = policy_->route(RequestView(request, 0, {}), random_);
    return replica ? replica->value() : kNone;
  }

  void set(std::int32_t replica, bool available, std::int64_t outstanding = 0, std::int64_t prompt_tokens = 0) {
    loads_[static_cast<std::size_t>(replica)] = {available, outstanding, prompt_tokens};
    policy_->load_changed(ReplicaId(replica), loads_[static_cast<std::size_t>(replica)]);
  }
  void set_all_available() {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      set(static_cast<std::int32_t>(i), true);
    }
  }
  /// Routes the request and counts it where it went.
  std::int32_t send(const Request& request) {
    const std::int32_t replica = route(request);
    const ReplicaLoad& load = loads_[static_cast<std::size_t>(replica)];
    set(replica, true, load.outstanding + 1, load.prompt_tokens + request.prompt_tokens);
    return replica;
  }
  void resize(std::int32_t replicas) {
    loads_.resize(static_cast<std::size_t>(replicas));
    policy_->resize(replicas);
  }
  const std::vector<ReplicaLoad>& loads() const { return loads_; }
  std::int64_t most_outstanding() const {
    return std::max_element(loads_.begin(), loads_.end(),
                            [](const auto& a, const auto& b) { return a.outstanding < b.outstanding; })
        ->outstanding;
  }

 private:
  RandomStream random_;
  std::vector<ReplicaLoad> loads_;
  std::unique_ptr<RoutePolicy> policy_;
};

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const RouteDeclaration& declaration : RouteFamily::built_in()) {
    names.push_back(declaration.info.name);
  }
  return names;
}

Request with_prefix(std::vector<std::uint64_t> blocks, std::uint64_t session = 0) {
  Request request;
  request.prompt_tokens = 16 * static_cast<std::int32_t>(blocks.size()) + 1;
  request.prefix_blocks = std::move(blocks);
  request.session = session;
  return request;
}

TEST_CASE("without an available replica there is nowhere to go, with one there is no choice") {
  for (const std::string& name : all_names()) {
    INFO(name);
    CHECK(Bench(name, 0).route() == Bench::kNone);
    Bench bench(name, 3);
    CHECK(bench.route() == Bench::kNone);
    bench.set(1, true);
    CHECK(bench.route() == 1);
    CHECK(bench.route(with_prefix({1, 2, 3}, 4)) == 1);
    bench.set(1, false);
    CHECK(bench.route() == Bench::kNone);
    CHECK(bench.route(with_prefix({1, 2, 3}, 4)) == Bench::kNone);
  }
}

TEST_CASE("every router only ever names available replicas, while they come and go and the pool grows") {
  for (const std::string& name : all_names()) {
    INFO(name);
    RandomStream dice(3, "coming and going");
    Bench bench(name, 1);
    for (int round = 0; round < 3000; ++round) {
      if (round % 300 == 299) {
        bench.resize(static_cast<std::int32_t>(bench.loads().size()) + 2);
      }
      const auto changed = static_cast<std::int32_t>(dice.uniform() * static_cast<double>(bench.loads().size()));
      const auto requests = static_cast<std::int64_t>(dice.uniform() * 6.0);
      bench.set(changed, dice.uniform() < 0.6, requests, 100 * requests);
      const bool any =
          std::any_of(bench.loads().begin(), bench.loads().end(), [](const auto& l) { return l.available; });
      const std::int32_t replica = bench.route(with_prefix({dice.bits() % 7, dice.bits() % 7}, dice.bits() % 3));
      REQUIRE((replica != Bench::kNone) == any);
      if (any) {
        REQUIRE(bench.loads()[static_cast<std::size_t>(replica)].available);
      }
    }
  }
}

TEST_CASE("round robin takes the available replicas in turn") {
  Bench bench("round-robin", 4);
  for (const std::int32_t replica : {0, 1, 3}) {
    bench.set(replica, true, 10 * replica);
  }
  CHECK(bench.route() == 0);
  CHECK(bench.route() == 1);
  CHECK(bench.route() == 3);
  CHECK(bench.route() == 0);
  bench.set(1, false);
  bench.set(2, true);
  CHECK(bench.route() == 2);
  CHECK(bench.route() == 3);
  CHECK(bench.route() == 0);
}

TEST_CASE("least outstanding takes the replica with the fewest requests, of equals the lowest number") {
  Bench bench("least-outstanding", 3);
  for (const std::int32_t replica : {2, 1, 0}) {
    bench.set(replica, true, 1);
  }
  CHECK(bench.route() == 0);
  bench.set(0, true, 2);
  CHECK(bench.route() == 1);
  bench.set(2, true, 0);
  CHECK(bench.route() == 2);
  bench.set(2, false);
  CHECK(bench.route() == 1);
}

TEST_CASE("a pool that grows keeps its loads, and new replicas start unavailable") {
  Bench bench("least-outstanding", 1);
  bench.set(0, true, 5);
  bench.resize(5);
  CHECK(bench.route() == 0);
  bench.set(4, true, 4);
  CHECK(bench.route() == 4);
}

TEST_CASE("least outstanding agrees with a search through all replicas") {
  constexpr std::int32_t kReplicas = 13;
  Bench bench("least-outstanding", kReplicas);
  std::map<std::int32_t, std::int64_t> available;
  RandomStream random(1, "routing");
  for (int round = 0; round < 5000; ++round) {
    const auto replica = static_cast<std::int32_t>(random.uniform() * kReplicas);
    if (random.uniform() < 0.3) {
      available.erase(replica);
      bench.set(replica, false);
    } else {
      available[replica] = static_cast<std::int64_t>(random.uniform() * 5.0);
      bench.set(replica, true, available[replica]);
    }
    const auto least = std::min_element(available.begin(), available.end(),
                                        [](const auto& left, const auto& right) { return left.second < right.second; });
    REQUIRE(bench.route() == (least == available.end() ? Bench::kNone : least->first));
  }
}

TEST_CASE("least tokens weighs prompts, and the answers it expects") {
  Parameters none;
  none.set("expected_output", 0);
  Bench prompts("least-tokens", 2, none);
  prompts.set(0, true, 1, 4000);
  prompts.set(1, true, 9, 3900);
  CHECK(prompts.route() == 1);
  Bench both("least-tokens", 2);  // 128 a request: 4,128 and 5,052
  both.set(0, true, 1, 4000);
  both.set(1, true, 9, 3900);
  CHECK(both.route() == 0);
}

TEST_CASE("random: all replicas as likely, whatever their load") {
  Bench bench("random", 5);
  std::map<std::int32_t, int> counts;
  for (std::int32_t replica : {0, 1, 2, 4}) {
    bench.set(replica, true, 100 * replica);
  }
  for (int i = 0; i < 8000; ++i) {
    ++counts[bench.route()];
  }
  REQUIRE(counts.size() == 4);
  for (const auto& [replica, count] : counts) {
    CHECK(std::abs(count - 2000) < 200);  // five standard deviations of 39
  }
}

TEST_CASE("power of two: never the fuller of two, and the fullest of many only when it must") {
  Bench two("power-of-two", 2);
  two.set(0, true, 3);
  two.set(1, true, 2);
  for (int i = 0; i < 100; ++i) {
    REQUIRE(two.route() == 1);
  }
  Bench many("power-of-two", 10);
  std::map<std::int32_t, int> counts;
  for (std::int32_t replica = 0; replica < 10; ++replica) {
    many.set(replica, true, replica);
  }
  for (int i = 0; i < 90000; ++i) {
    ++counts[many.route()];
  }
  // Replica k is the emptier one with each of the 9 - k fuller ones: 2 (9 - k) / 90 of the draws.
  for (std::int32_t replica = 0; replica < 10; ++replica) {
    CHECK(std::abs(counts[replica] - 2000 * (9 - replica)) < 700);
  }
  CHECK(counts[9] == 0);
}

TEST_CASE("two choices keep the fullest replica far below one choice's: balls into bins") {
  constexpr std::int32_t kReplicas = 1000;
  std::map<std::string, std::int64_t> most;
  for (const std::string name : {"random", "power-of-two", "least-outstanding"}) {
    Bench bench(name, kReplicas);
    bench.set_all_available();
    for (int i = 0; i < kReplicas; ++i) {
      bench.send({});
    }
    most[name] = bench.most_outstanding();
  }
  // ln n / ln ln n = 3.6 and more for one choice, ln ln n / ln 2 + O(1) = 2.8 and a little for two.
  CHECK(most["random"] >= 5);
  CHECK(most["power-of-two"] <= 4);
  CHECK(most["least-outstanding"] == 1);
}

TEST_CASE("prefix affinity: alike prompts go to the same replica, different ones spread") {
  Bench bench("prefix-affinity", 50);
  bench.set_all_available();
  std::map<std::int32_t, int> used;
  for (std::uint64_t prefix = 1; prefix <= 200; ++prefix) {
    const std::int32_t first = bench.route(with_prefix({prefix}));
    CHECK(bench.route(with_prefix({prefix})) == first);
    ++used[first];
  }
  CHECK(used.size() > 25);
}

TEST_CASE("prefix affinity: only the leading blocks count, in their order; by session, the session does") {
  Parameters two_blocks;
  two_blocks.set("blocks", 2);
  Bench bench("prefix-affinity", 100, two_blocks);
  bench.set_all_available();
  const std::int32_t home = bench.route(with_prefix({7, 8}));
  CHECK(bench.route(with_prefix({7, 8, 9, 10}, 3)) == home);
  CHECK(bench.route(with_prefix({8, 7})) != home);
  Parameters session;
  session.set("by", 1);
  Bench sessions("prefix-affinity", 100, session);
  sessions.set_all_available();
  const std::int32_t own = sessions.route(with_prefix({1, 2}, 42));
  CHECK(sessions.route(with_prefix({5, 6, 7}, 42)) == own);
  CHECK(sessions.route(with_prefix({1, 2}, 43)) != own);
  CHECK(bench.route(with_prefix({}, 42)) == own);  // without blocks, the session is what it has
}

TEST_CASE("prefix affinity: blocks of 16 tokens are counted in the trace's own, of 512 too") {
  Parameters first_32;  // blocks of 16 tokens: the first block of 512
  first_32.set("blocks", 32);
  Bench bench("prefix-affinity", 100, first_32);
  bench.set_all_available();
  const auto of_512 = [](Request request) {
    request.block_tokens = 512;
    return request;
  };
  const std::int32_t home = bench.route(of_512(with_prefix({7, 8})));
  CHECK(bench.route(of_512(with_prefix({7, 9, 10}))) == home);
  CHECK(bench.route(of_512(with_prefix({8, 7}))) != home);
  Parameters first_33;  // and the second
  first_33.set("blocks", 33);
  Bench two("prefix-affinity", 100, first_33);
  two.set_all_available();
  CHECK(two.route(of_512(with_prefix({7, 8}))) != two.route(of_512(with_prefix({7, 9}))));
}

TEST_CASE("prefix affinity: no replica gets more than its bound, however popular a prefix is") {
  for (const double factor : {1.0, 1.25, 2.0}) {
    Parameters parameters;
    parameters.set("load_factor", factor);
    constexpr std::int32_t kReplicas = 8;
    Bench bench("prefix-affinity", kReplicas, parameters);
    bench.set_all_available();
    for (int m = 0; m < 1000; ++m) {
      bench.send(with_prefix({1}));
      REQUIRE(static_cast<double>(bench.most_outstanding()) <= std::ceil(factor * (m + 1) / kReplicas));
    }
  }
}

TEST_CASE("prefix affinity: a replica that leaves moves its own prefixes alone, and gets them back") {
  Bench bench("prefix-affinity", 20);
  bench.set_all_available();
  std::vector<std::int32_t> before;
  for (std::uint64_t prefix = 1; prefix <= 500; ++prefix) {
    before.push_back(bench.route(with_prefix({prefix})));
  }
  bench.set(before[0], false);
  for (std::uint64_t prefix = 1; prefix <= 500; ++prefix) {
    const std::int32_t now = bench.route(with_prefix({prefix}));
    REQUIRE((now == before[prefix - 1]) == (before[prefix - 1] != before[0]));
  }
  bench.set(before[0], true);
  for (std::uint64_t prefix = 1; prefix <= 500; ++prefix) {
    REQUIRE(bench.route(with_prefix({prefix})) == before[prefix - 1]);
  }
}

}  // namespace
}  // namespace idlewatt
