// `speculative:` of a pool.
#pragma once

#include <optional>

#include "scenario/fields.hpp"
#include "scenario/scenario.hpp"

namespace idlewatt {

/// Nothing where the pool's map has no such key. `pool` has its model, accelerators and precision.
std::optional<Speculation> read_speculation(const Fields& fields, const Pool& pool, const Catalog& catalog);

}  // namespace idlewatt
