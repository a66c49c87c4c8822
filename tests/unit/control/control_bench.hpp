// Control without an engine: a fleet by hand, whose effects a test carries out itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "control/fleet_controller.hpp"
#include "support/small_scenario.hpp"

namespace idlewatt {

/// A cluster with its controller. Processes act when the test says so.
class ControlBench {
 public:
  explicit ControlBench(Scenario scenario)
      : scenario_(std::move(scenario)), cluster_(scenario_, nullptr), controller_(scenario_, cluster_) {}

  Cluster& cluster() { return cluster_; }
  FleetController& controller() { return controller_; }
  RunningPool& pool(std::size_t number = 0) { return cluster_.pool(PoolId(number)); }
  HostedReplica& replica(std::size_t number, std::size_t of_pool = 0) {
    return *pool(of_pool).replicas().all()[ReplicaId(number)];
  }
  ReplicaState state(std::size_t number, std::size_t of_pool = 0) { return replica(number, of_pool).state(); }

  Effects set_target(std::int32_t target, Ticks now, std::size_t of_pool = 0) {
    Effects effects;
    controller_.lifecycle().set_target(pool(of_pool), target, now, effects);
    return effects;
  }

 private:
  Scenario scenario_;
  Cluster cluster_;
  FleetController controller_;
};

/// The effects of one kind, in order.
template <class Kind>
std::vector<Kind> only(const Effects& effects) {
  std::vector<Kind> found;
  for (const Effect& effect : effects) {
    if (const auto* of_kind = std::get_if<Kind>(&effect)) {
      found.push_back(*of_kind);
    }
  }
  return found;
}

/// The one effect of an act, of that kind.
template <class Kind>
Kind the(const Effects& effects) {
  if (effects.size() != 1 || !std::holds_alternative<Kind>(effects.front())) {
    throw Error("expected one effect of another kind, got " + std::to_string(effects.size()));
  }
  return std::get<Kind>(effects.front());
}

}  // namespace idlewatt
