// KEDA, decision by decision: its own polls between none and some, the HorizontalPodAutoscaler's loop from there on.
#include <string>
#include <utility>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr Ticks kSecond = kTicksPerSecond;

/// A target of 10 requests a pod, of 0 to 20 pods, all else by default unless changed.
class Controller {
 public:
  Controller(std::int32_t pods, const std::vector<std::pair<std::string, double>>& changes = {}) : pods_(pods) {
    const AutoscaleDeclaration declaration = declare_keda();
    Parameters parameters = Parameters::defaults_of(declaration.info);
    parameters.set("target", 10);
    for (const auto& [name, value] : changes) {
      parameters.set(name, value);
    }
    policy_ = declaration.make(parameters);
  }

  std::int32_t look(std::int64_t at_s, std::int64_t requests, std::int32_t minimum = 0) {
    const AutoscaleDecision decision = policy_->decide({.now = at_s * kSecond,
                                                        .minimum = minimum,
                                                        .maximum = 20,
                                                        .target = pods_,
                                                        .ready = pods_,
                                                        .outstanding = requests});
    wake_s = static_cast<double>(decision.wake_at) / kSecond;
    return pods_ = decision.replicas;
  }

  double wake_s = 0.0;
  AutoscalePolicy& policy() { return *policy_; }

 private:
  std::unique_ptr<AutoscalePolicy> policy_;
  std::int32_t pods_;
};

}  // namespace

TEST_CASE("keda: none until a poll finds work, and none again a cooldown after the last poll that did", "[keda]") {
  Controller pods(0);
  CHECK(pods.look(0, 0) == 0);
  CHECK(pods.wake_s == 15.0);
  // 40 requests wait, but the next poll is at 30 s, and at none the HorizontalPodAutoscaler is disabled.
  CHECK(pods.look(15, 40) == 0);
  // The poll makes it 1; the HorizontalPodAutoscaler looked before, at none.
  CHECK(pods.look(30, 40) == 1);
  // It wants 52 / 10, rounded up, and goes from 1 to 4 at most.
  CHECK(pods.look(45, 52) == 4);
  // Nothing to do any more. 6 were wanted in the last 300 s: nothing goes, and the two that were still due come.
  for (std::int64_t at_s = 60; at_s < 330; at_s += 15) {
    CHECK(pods.look(at_s, 0) == 6);
  }
  // 300 s after the poll at 30 s; the HorizontalPodAutoscaler would still keep all of them.
  CHECK(pods.look(330, 0) == 0);
  CHECK(pods.look(345, 0) == 0);
  // Back at the next poll.
  CHECK(pods.look(360, 1) == 1);
}

TEST_CASE("keda: active is above the activation threshold, whatever the target", "[keda]") {
  Controller pods(0, {{"activation_threshold", 25}});
  CHECK(pods.look(0, 25) == 0);
  CHECK(pods.look(30, 26) == 1);
  CHECK(pods.look(45, 26) == 3);  // 26 / 10
  CHECK(pods.look(60, 25) == 3);
}

TEST_CASE("keda: a cooldown ends at a poll, and work in between begins it anew", "[keda]") {
  Controller pods(1, {{"cooldown", 45}, {"down_stabilization", 0}});
  CHECK(pods.look(0, 1) == 1);
  CHECK(pods.look(30, 1) == 1);
  CHECK(pods.look(60, 0) == 1);  // 30 s after
  CHECK(pods.look(75, 0) == 1);  // 45 s after, and no poll
  CHECK(pods.look(90, 0) == 0);
}

TEST_CASE("keda: with a minimum it is the HorizontalPodAutoscaler", "[keda]") {
  Controller pods(5, {{"down_stabilization", 0}});
  CHECK(pods.look(0, 0, 2) == 2);
  for (std::int64_t at_s = 15; at_s < 900; at_s += 15) {
    CHECK(pods.look(at_s, 0, 2) == 2);
  }
}

TEST_CASE("keda: with an idle replica count, active means at least the minimum", "[keda]") {
  Controller pods(0, {{"active_min", 3}, {"cooldown", 30}, {"down_stabilization", 0}});
  CHECK(pods.look(0, 1) == 3);
  CHECK(pods.look(15, 0) == 3);
  CHECK(pods.look(30, 0) == 0);
}

TEST_CASE("keda: at first it goes to none after the initial cooldown", "[keda]") {
  CHECK(Controller(2).look(0, 0) == 0);
  Controller pods(2, {{"initial_cooldown", 60}});
  CHECK(pods.look(0, 0) == 2);
  CHECK(pods.look(30, 0) == 2);
  CHECK(pods.look(60, 0) == 0);
}

TEST_CASE("keda: requests wait while there is no replica, and nobody is told", "[keda]") {
  CHECK(Controller(0).policy().at_zero() == AtZero::holds);
}

}  // namespace idlewatt
