// The physics of a pool: its choices and the catalogue, put together.
#pragma once

#include <memory>

#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// What a replica of the pool is, for the Transformer. Points into the catalogue.
TransformerSpec transformer_spec(const Pool& pool, const Catalog& catalog);

/// Step times and energies of the pool's replicas: measured where it has a table, else the Transformer's, with drafts
/// where the pool has a draft model.
std::unique_ptr<StepModel> make_physics(const Pool& pool, const Catalog& catalog);

MemoryPlan memory_of(const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
