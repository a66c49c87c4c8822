// How much travels between the pools of a disaggregated fleet.
#pragma once

#include "scenario/scenario.hpp"

namespace idlewatt {

/// Bytes of the KV cache of one token, on all accelerators of a replica together: layers x 2 x KV heads x head size x
/// 2 bytes (327,680 for Llama 3 70B; half of that in 8 bits), or what Model::kv_kinds says of other attention. Where tensor parallelism
/// repeats heads, one copy travels.
inline double kv_bytes_per_token(const Pool& pool, const Catalog& catalog) {
  return catalog.models.at(pool.model).kv_bytes_per_token(1, pool.kv_format);
}

/// Of a sequence of so many tokens: windows hold no more than their width, and states of layers travel too.
inline double kv_bytes_of(const Pool& pool, const Catalog& catalog, std::int64_t tokens) {
  const Model& model = catalog.models.at(pool.model);
  return model.kv_bytes(static_cast<double>(tokens), 1, pool.kv_format) + model.state_bytes();
}

}  // namespace idlewatt
