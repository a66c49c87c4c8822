// What fits: weights, activations, the engine's reserve, and what is left for KV blocks.
#pragma once

#include <cstdint>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/parallelism.hpp"

namespace idlewatt {

/// Tokens in one KV block; vLLM's default (vllm/config.py, CacheConfig.block_size = 16).
inline constexpr std::int32_t kKvBlockTokens = 16;

/// Bytes per accelerator of a replica that spreads the model over several of them.
struct MemoryPlan {
  double usable_bytes = 0.0;      ///< memory x memory_utilisation
  double weight_bytes = 0.0;      ///< weights / accelerators
  double activation_bytes = 0.0;  ///< of the largest step that the engine prepares for
  double reserve_bytes = 0.0;     ///< context, graphs, workspaces
  double kv_bytes = 0.0;          ///< what is left; negative when the model does not fit
  std::int64_t kv_blocks = 0;     ///< of kKvBlockTokens tokens, whole replica; 0 when the model does not fit

  bool fits() const { return kv_blocks > 0; }
};

/// vLLM's rule (vllm/worker, determine_num_available_blocks): KV cache = memory x utilisation - weights - the peak of
/// activations in a profiling step - what else the process holds. The peak is that of a layer's MLP, where its input,
/// residual and output (3 x hidden) and the widths of its products (3 x intermediate when gated, shares of tensor
/// parallelism) exist at once, and of the logits and probabilities of all sequences in 32 bits. With a draft model
/// (speculative.hpp) its weights are there as well, and a block holds the keys and values of both.
MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       const Parallelism& parallel, const Model* draft = nullptr);

}  // namespace idlewatt
