// How a replica is spread over accelerators: `tensor_parallel`, `pipeline_parallel` and `parallelism:` of a pool.
#pragma once

#include <cstdint>

#include "catalog/catalog.hpp"
#include "catalog/parallelism.hpp"
#include "scenario/section.hpp"

namespace idlewatt {

/// The keys under `parallelism:`.
const KeyTable& parallelism_keys();

/// The degrees that `fields`, a pool's, name. Throws InputError, with what would be legal, on those that do not divide
/// the model or the server, and on a degree that is said twice.
Parallelism read_parallelism(const Section& fields, const Model& model, const Server& server);

/// The same layout with so many ranks in a stage: experts stay spread over all of the stage if they are now.
Parallelism widened(Parallelism parallel, std::int32_t data_attention);

/// Whether the routed experts can be spread so.
bool experts_divide(const Model& model, const Parallelism& parallel);

}  // namespace idlewatt
