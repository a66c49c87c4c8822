// The control policies that do nothing: the baselines.
#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("static autoscaling keeps the replicas of the start, whatever waits, and never asks to be woken") {
  const auto policy = declare_static_autoscale().make({});
  const AutoscaleDecision decision =
      policy->decide({.start = 3, .minimum = 1, .maximum = 9, .target = 3, .ready = 1, .ongoing = 5, .queued = 1000});
  CHECK(decision.replicas == 3);
  CHECK(decision.wake_at == kNever);
}

TEST_CASE("always-on keeps an idle replica loaded and an empty server on, for ever") {
  const auto policy = declare_always_on().make({});
  const IdleDecision decision = policy->replica_idle({.now = kNever - 1, .idle_since = 0});
  CHECK(decision.action == IdleAction::keep);
  CHECK(decision.wake_at == kNever);
  CHECK_FALSE(policy->server_empty({.now = kNever - 1, .idle_since = 0}).power_off);
  CHECK(policy->shortest_wait() == kNever);
  CHECK_FALSE(policy->starts_off());
}

}  // namespace
}  // namespace idlewatt
