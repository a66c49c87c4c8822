// The least that the same answer takes: traffic, routing, and replicas. No SimGrid, no accounts, no series, no
// statistics. What the datacenter costs on top of it is its overhead.
#pragma once

#include "bench/measured_child.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Requires one pool and one source of generated traffic. The same requests go to the same replicas as in run().
Tally run_bare(const Scenario& scenario);

}  // namespace idlewatt
