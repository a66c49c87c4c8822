#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"
#include "units/random.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<RoutePolicy> make(const std::string& name, std::int32_t replicas) {
  const auto table = route_policies();
  const RouteDeclaration* declaration = find(table, name);
  REQUIRE(declaration != nullptr);
  auto policy = declaration->make(Parameters::defaults_of(declaration->info));
  policy->resize(replicas);
  return policy;
}

TEST_CASE("without an available replica there is nowhere to go") {
  for (const std::string name : {"round-robin", "least-outstanding"}) {
    INFO(name);
    CHECK(make(name, 0)->route({}) == kNoReplica);
    const auto policy = make(name, 3);
    CHECK(policy->route({}) == kNoReplica);
    policy->load_changed(1, {.available = true, .outstanding = 0});
    CHECK(policy->route({}) == 1);
    policy->load_changed(1, {.available = false, .outstanding = 0});
    CHECK(policy->route({}) == kNoReplica);
  }
}

TEST_CASE("round robin takes the available replicas in turn") {
  const auto policy = make("round-robin", 4);
  for (const std::int32_t replica : {0, 1, 3}) {
    policy->load_changed(replica, {.available = true, .outstanding = 10 * replica});
  }
  CHECK(policy->route({}) == 0);
  CHECK(policy->route({}) == 1);
  CHECK(policy->route({}) == 3);
  CHECK(policy->route({}) == 0);
  policy->load_changed(1, {.available = false, .outstanding = 0});
  policy->load_changed(2, {.available = true, .outstanding = 0});
  CHECK(policy->route({}) == 2);
  CHECK(policy->route({}) == 3);
  CHECK(policy->route({}) == 0);
}

TEST_CASE("least outstanding takes the replica with the fewest queries, of equals the lowest number") {
  const auto policy = make("least-outstanding", 3);
  for (const std::int32_t replica : {2, 1, 0}) {
    policy->load_changed(replica, {.available = true, .outstanding = 1});
  }
  CHECK(policy->route({}) == 0);
  policy->load_changed(0, {.available = true, .outstanding = 2});
  CHECK(policy->route({}) == 1);
  policy->load_changed(2, {.available = true, .outstanding = 0});
  CHECK(policy->route({}) == 2);
  policy->load_changed(2, {.available = false, .outstanding = 0});
  CHECK(policy->route({}) == 1);
}

TEST_CASE("a pool that grows keeps its loads, and new replicas start unavailable") {
  const auto policy = make("least-outstanding", 1);
  policy->load_changed(0, {.available = true, .outstanding = 5});
  policy->resize(5);
  CHECK(policy->route({}) == 0);
  policy->load_changed(4, {.available = true, .outstanding = 4});
  CHECK(policy->route({}) == 4);
}

TEST_CASE("least outstanding agrees with a search through all replicas") {
  constexpr std::int32_t kReplicas = 13;
  const auto policy = make("least-outstanding", kReplicas);
  std::map<std::int32_t, std::int64_t> available;
  RandomStream random(1, "routing");
  for (int round = 0; round < 5000; ++round) {
    const auto replica = static_cast<std::int32_t>(random.uniform() * kReplicas);
    if (random.uniform() < 0.3) {
      available.erase(replica);
      policy->load_changed(replica, {.available = false, .outstanding = 0});
    } else {
      available[replica] = static_cast<std::int64_t>(random.uniform() * 5.0);
      policy->load_changed(replica, {.available = true, .outstanding = available[replica]});
    }
    const auto least = std::min_element(available.begin(), available.end(),
                                        [](const auto& left, const auto& right) { return left.second < right.second; });
    REQUIRE(policy->route({}) == (least == available.end() ? kNoReplica : least->first));
  }
}

}  // namespace
}  // namespace idlewatt
