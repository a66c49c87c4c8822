// Tells which pools of a scenario share accelerators by swapping.
#pragma once

#include "scenario/scenario.hpp"

namespace idlewatt {

inline bool swaps(const Scenario& scenario) {
  return scenario.swapping.name != "none";
}

/// True when the pool's replicas make room for other pools' replicas and others for its own. Replicas of several groups
/// of accelerators do not.
inline bool swaps(const Scenario& scenario, const Pool& pool) {
  return swaps(scenario) && !pool.pinned && pool.parallel.groups() == 1;
}

}  // namespace idlewatt
