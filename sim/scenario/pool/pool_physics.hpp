// The physics of a pool, made from its choices and the catalogue.
#pragma once

#include <memory>

#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// The description of a replica for the Transformer. Points into the catalogue.
TransformerSpec transformer_spec(const Pool& pool, const Catalog& catalog);

/// The step times and energies of the pool's replicas: measured ones if the pool has a table, otherwise the
/// Transformer's; with drafts if the pool has a draft model.
std::unique_ptr<StepModel> make_physics(const Pool& pool, const Catalog& catalog);

/// The same for replicas in these racks, whose servers reach each other at network_bytes_per_s().
std::unique_ptr<StepModel> make_physics(const Pool& pool, const Catalog& catalog, const Racks& racks);

/// Bytes per second at which a server of the pool's replicas reaches the other servers of its replica: that of its
/// network where a rack holds a whole replica. Otherwise the servers of a rack share its uplink: of N servers, k in one
/// rack, each sends (N - k) / (N - 1) of its bytes to other racks, so that a k-th of the uplink bounds it. The rack that
/// bounds most decides. All N servers send at once in a step, so that this share is what each of equal flows gets.
double network_bytes_per_s(const Pool& pool, const Catalog& catalog, const Racks& racks);

MemoryPlan memory_of(const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
