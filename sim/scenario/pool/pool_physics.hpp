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

MemoryPlan memory_of(const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
