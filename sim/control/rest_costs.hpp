// The savings and costs of resting for a pool's replicas and servers, from the figures that the simulation charges.
#pragma once

#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The costs at the wall, for a replica that loads alone from disks that have its weights, and for a server whose
/// accelerators are all empty. They count the time from going to rest until the old state is restored, beyond the draw
/// of a rest of the same length. Where racks hold the pool's servers both rented and owned, the first of them counts.
RestCosts rest_costs(const Scenario& scenario, const Pool& pool);

}  // namespace idlewatt
