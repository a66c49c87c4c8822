#include "policy/idle/timeout.hpp"

#include <algorithm>

#include "policy/idle/due.hpp"
#include "policy/idle/rest.hpp"

namespace idlewatt {
namespace {

class Timeout final : public IdlePolicy {
 public:
  Timeout(const Parameters& p, IdleAction action, bool powers_off)
      : action_(action),
        after_(to_ticks(p.get("after"))),
        server_after_(powers_off ? to_ticks(p.get("server_after")) : kNever),
        wake_above_(p.get("wake_above")) {}

  IdleDecision replica_idle(const IdleView& view) override { return rest_after(view, after_, action_); }

  EmptyServerDecision server_empty(const IdleView& view) override { return power_off_after(view, server_after_); }

  bool wake(const WakeView& view) override { return one_more(view, wake_above_); }

  bool starts_off() const override { return server_after_ != kNever; }
  Ticks shortest_wait() const override { return std::min(after_, server_after_); }

 private:
  IdleAction action_;
  Ticks after_;
  Ticks server_after_;
  double wake_above_;
};

}  // namespace

std::vector<ParameterSpec> idle_timeout_parameters(bool powers_off) {
  std::vector<ParameterSpec> parameters{
      {"after", Dimension::time, 300, kShortestWait, 1e7, "how long a replica idles before the policy acts on it"},
      wake_above_parameter()};
  if (powers_off) {
    parameters.push_back({"server_after", Dimension::time, 60, kShortestWait, 1e7,
                          "how long a server is without awake replicas before it is shut down"});
  }
  return parameters;
}

std::unique_ptr<IdlePolicy> make_idle_timeout(const Parameters& parameters, IdleAction action, bool powers_off) {
  return std::make_unique<Timeout>(parameters, action, powers_off);
}

}  // namespace idlewatt
