// What resting saves and costs a pool's replicas and servers, from the figures that the simulation itself charges.
#pragma once

#include "policy/idle/idle.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// At the wall, of a replica that loads alone from disks that have its weights, and of a server all of whose
/// accelerators are empty: what lies between "goes to rest" and "is as it was", beyond what a rest of the same length
/// draws. Racks that hold the pool's servers both rented and owned count as the first of them.
RestCosts rest_costs(const Scenario& scenario, const Pool& pool);

}  // namespace idlewatt
