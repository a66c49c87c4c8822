// Idle policies with a given timeout: each acts at the tick at which it is due, and not before.
#include <string>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

/// Acts after 100 s; wakes above 4 requests a replica; powers servers off after 30 s, where it does.
std::unique_ptr<IdlePolicy> make(const std::string& name) {
  const auto table = IdleFamily::built_in();
  const IdleDeclaration& declaration = *find(table, name);
  Parameters parameters = Parameters::defaults_of(declaration.info);
  parameters.set("after", 100);
  parameters.set("wake_above", 4);
  if (name == "power-off-after") {
    parameters.set("server_after", 30);
  }
  return declaration.make(parameters);
}

void check_acts_when_due(IdlePolicy& policy, IdleAction action) {
  const Ticks since = 7 * kSecond + 3;
  const Ticks due = since + 100 * kSecond;
  for (const Ticks now : {since, since + 1, due - 1}) {
    CHECK(policy.replica_idle({.now = now, .idle_since = since}).action == IdleAction::keep);
    CHECK(policy.replica_idle({.now = now, .idle_since = since}).wake_at == due);
  }
  CHECK(policy.replica_idle({.now = due, .idle_since = since}).action == action);
  CHECK(policy.replica_idle({.now = due + kSecond, .idle_since = since}).action == action);
}

void check_wakes(IdlePolicy& policy) {
  CHECK(policy.wake({.awake = 0, .outstanding = 1}));
  CHECK_FALSE(policy.wake({.awake = 1, .outstanding = 4}));
  CHECK(policy.wake({.awake = 1, .outstanding = 5}));
  CHECK_FALSE(policy.wake({.awake = 3, .outstanding = 12}));
  CHECK(policy.wake({.awake = 3, .outstanding = 13}));
}

}  // namespace

TEST_CASE("unload-after: unloads when it is due, leaves servers on", "[idle]") {
  const auto policy = make("unload-after");
  check_acts_when_due(*policy, IdleAction::unload);
  check_wakes(*policy);
  CHECK_FALSE(policy->server_empty({.now = kNever - 1, .idle_since = 0}).power_off);
  CHECK(policy->server_empty({.now = 0, .idle_since = 0}).wake_at == kNever);
  CHECK_FALSE(policy->starts_off());
  CHECK(policy->shortest_wait() == 100 * kSecond);
}

TEST_CASE("park: parks when it is due, as deep as it says, leaves servers on", "[idle]") {
  const auto policy = make("park");
  check_acts_when_due(*policy, IdleAction::park);
  check_wakes(*policy);
  CHECK_FALSE(policy->server_empty({.now = kNever - 1, .idle_since = 0}).power_off);
  CHECK_FALSE(policy->starts_off());
  Parameters deep = Parameters::defaults_of(declare_park().info);
  deep.set("after", 100);
  deep.set("depth", 1);
  check_acts_when_due(*declare_park().make(deep), IdleAction::park_deep);
}

TEST_CASE("sleep-after: sleeps when it is due, leaves servers on", "[idle]") {
  const auto policy = make("sleep-after");
  check_acts_when_due(*policy, IdleAction::sleep);
  check_wakes(*policy);
  CHECK_FALSE(policy->server_empty({.now = kNever - 1, .idle_since = 0}).power_off);
  CHECK_FALSE(policy->starts_off());
  CHECK(policy->shortest_wait() == 100 * kSecond);
}

TEST_CASE("power-off-after: unloads when it is due, and shuts down a server that is empty for as long as it says",
          "[idle]") {
  const auto policy = make("power-off-after");
  check_acts_when_due(*policy, IdleAction::unload);
  check_wakes(*policy);
  const Ticks due = 5 + 30 * kSecond;
  CHECK_FALSE(policy->server_empty({.now = due - 1, .idle_since = 5}).power_off);
  CHECK(policy->server_empty({.now = due - 1, .idle_since = 5}).wake_at == due);
  CHECK(policy->server_empty({.now = due, .idle_since = 5}).power_off);
  CHECK(policy->starts_off());
  CHECK(policy->shortest_wait() == 30 * kSecond);  // the sooner of the two
}

TEST_CASE("no timeout is so short that whoever waits for it looks at every tick", "[idle]") {
  for (const IdleDeclaration& declaration : IdleFamily::built_in()) {
    Parameters shortest = Parameters::defaults_of(declaration.info);
    for (const ParameterSpec& parameter : declaration.info.parameters) {
      shortest.set(parameter.name, parameter.minimum);
    }
    INFO(declaration.info.name);
    CHECK(declaration.make(shortest)->shortest_wait() >= kTicksPerMillisecond);
  }
}

}  // namespace idlewatt
