// Reads how a replica is spread over accelerators: `tensor_parallel`, `pipeline_parallel` and `parallelism:` of a pool.
#pragma once

#include <cstdint>

#include "catalog/catalog.hpp"
#include "catalog/parallelism.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The keys under `parallelism:`.
const KeyTable& parallelism_keys();

/// Reads the degrees in `fields`, a pool's. Throws InputError, with the legal values, for degrees that do not divide
/// the model or the server, and for a degree that is stated twice.
Parallelism read_parallelism(const Section& fields, const Model& model, const Server& server);

/// The layout with `data_attention` ranks in a stage. If the experts are spread over the whole stage, they stay so.
Parallelism widened(Parallelism parallel, std::int32_t data_attention);

/// True when the routed experts can be spread in this layout.
bool experts_divide(const Model& model, const Parallelism& parallel);

}  // namespace idlewatt
