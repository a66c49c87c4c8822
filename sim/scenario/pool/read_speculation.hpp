// Reads `speculative:` of a pool.
#pragma once

#include <optional>

#include "scenario/scenario.hpp"
#include "scenario/yaml/section.hpp"

namespace idlewatt {

/// The keys under `speculative:`.
const KeyTable& speculation_keys();

/// The speculation of a pool; nothing when the pool's map lacks the key. Requires that `pool` has its model,
/// accelerators and precision. Throws InputError.
std::optional<Speculation> read_speculation(const Section& fields, const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
