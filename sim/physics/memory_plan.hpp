// What fits: weights, the engine's reserve, and what is left for KV blocks.
#pragma once

#include <cstdint>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"

namespace idlewatt {

/// Tokens in one KV block; vLLM's default (vllm/config.py, CacheConfig.block_size = 16).
inline constexpr std::int32_t kKvBlockTokens = 16;

/// Bytes per accelerator of a replica that spreads the model over `tensor_parallel` of them.
struct MemoryPlan {
  double usable_bytes = 0.0;   ///< memory x memory_utilisation
  double weight_bytes = 0.0;   ///< weights / tensor_parallel
  double reserve_bytes = 0.0;  ///< activations, graphs, workspaces
  double kv_bytes = 0.0;       ///< what is left; negative when the model does not fit
  std::int64_t kv_blocks = 0;  ///< of kKvBlockTokens tokens, whole replica; 0 when the model does not fit

  bool fits() const { return kv_blocks > 0; }
};

MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       int tensor_parallel);

}  // namespace idlewatt
