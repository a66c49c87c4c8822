// Runs a Replica and a StepOracle on the same case and says where they differ.
#pragma once

#include <string>

#include "property/replica_case.hpp"

namespace idlewatt {

/// The first differences, or an empty text. Every way of driving the replica is tried: straight through, with probes
/// (report_work and advance_to at random times), and broken off at a random horizon.
std::string judge(const ReplicaCase& replica_case);

/// A smaller case that still fails, by leaving out requests and halving lengths.
ReplicaCase shrink(ReplicaCase replica_case);

}  // namespace idlewatt
