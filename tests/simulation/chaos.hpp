// Random fleets whose replicas and servers come and go all the time, under random traffic and hands that pull at their
// targets.
#pragma once

#include <cstdint>
#include <string>

#include "scenario/scenario.hpp"
#include "script.hpp"

namespace idlewatt {

struct ChaosCase {
  std::uint64_t seed = 0;
  Scenario scenario;
  std::vector<ScriptStep> steps;

  /// What was drawn, in a few lines.
  std::string print() const;
};

/// Times are short and often whole seconds, so that much happens at the same instant; some take no time at all.
ChaosCase random_chaos(std::uint64_t seed);

/// Throws Error where the fleet contradicts itself: replicas against servers, accelerators and counts.
/// `power` is null without power budgets.
void check_fleet(const Cluster& cluster, const PowerPlanner* power);

}  // namespace idlewatt
