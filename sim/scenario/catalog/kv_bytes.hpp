// The size of the KV caches that travel between the pools of a disaggregated fleet.
#pragma once

#include "scenario/scenario.hpp"

namespace idlewatt {

/// Bytes of the KV cache of one token, on all accelerators of a replica together: layers x 2 x KV heads x head size x 2
/// bytes (327,680 for Llama 3 70B, half of it in 8 bits); for other kinds of attention as Model::kv_kinds counts. Where
/// tensor parallelism repeats heads, only one copy travels.
inline double kv_bytes_per_token(const Pool& pool, const Catalog& catalog) {
  return catalog.models.at(pool.model).kv_bytes_per_token(1, pool.kv_format);
}

/// Bytes of the KV cache of a sequence of `tokens` tokens, on all accelerators of a replica together. A window holds no
/// more tokens than its width. The states of state layers travel too.
inline double kv_bytes_of(const Pool& pool, const Catalog& catalog, std::int64_t tokens) {
  const Model& model = catalog.models.at(pool.model);
  return model.kv_bytes(static_cast<double>(tokens), 1, pool.kv_format) + model.state_bytes();
}

}  // namespace idlewatt
