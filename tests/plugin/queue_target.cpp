// An autoscaler of one's own: as many replicas as keep the requests of each at a target, but no more than so many fewer
// at once.
#include <algorithm>
#include <cmath>
#include <memory>

#include "policy/plugin_api.hpp"

namespace {

using namespace idlewatt;

class QueueTarget final : public AutoscalePolicy {
 public:
  explicit QueueTarget(const Parameters& parameters)
      : target_(parameters.get("target")),
        most_fewer_(parameters.get_int("most_fewer")),
        interval_(to_ticks(parameters.get("interval"))) {}

  AutoscaleDecision decide(const AutoscaleView& view) override {
    const auto wanted = static_cast<std::int32_t>(std::ceil(static_cast<double>(view.outstanding) / target_));
    return {.replicas = std::max(wanted, view.target - most_fewer_), .wake_at = view.now + interval_};
  }

 private:
  double target_;
  std::int32_t most_fewer_;
  Ticks interval_;
};

/// What `static` does, to be compared with it.
class Stay final : public AutoscalePolicy {
 public:
  AutoscaleDecision decide(const AutoscaleView& view) override { return {.replicas = view.start, .wake_at = kNever}; }
};

void declare(PluginPolicies& policies) {
  policies.autoscaling.push_back(
      {{"queue-target",
        "keeps the requests of each replica at a target",
        {{"target", Dimension::number, 8, 0.1, 1e6, "requests for each replica, waiting and running"},
         {"most_fewer", Dimension::count, 1, 0, 1e6, "no more replicas are given up at one decision"},
         {"interval", Dimension::time, 15, 1, 3600, "time between two decisions"}}},
       [](const Parameters& parameters) { return std::make_unique<QueueTarget>(parameters); }});
  policies.autoscaling.push_back(
      {{"stay", "keeps the replicas of the start", {}}, [](const Parameters&) { return std::make_unique<Stay>(); }});
}

}  // namespace

IDLEWATT_PLUGIN(declare)
