// The memory plan of a replica: weights, activations, the engine's reserve, and the rest for KV blocks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/parallelism.hpp"

namespace idlewatt {

/// Tokens in one KV block; vLLM's default (vllm/config.py, CacheConfig.block_size = 16).
inline constexpr std::int32_t kKvBlockTokens = 16;

/// The number of blocks that a sequence takes, for models whose layers keep different parts of the context. A *page* is
/// kKvBlockTokens tokens in all layers; its blocks are equal in bytes. As in vLLM's hybrid KV cache manager
/// (vllm/v1/core/kv_cache_utils.py), layers that keep the same tokens form groups of one block. All groups are as large
/// as the smallest kind, and the last group of a kind is padded. Blocks of a window are given back when the window has
/// passed them. The states of state layers are whole blocks from a sequence's first token to its last.
struct KvLayout {
  struct Group {
    std::int64_t blocks = 1;  ///< blocks per page
    std::int64_t pages = 0;   ///< largest number of pages held; 0 = all
  };
  std::vector<Group> groups{Group{}};
  std::int64_t state_blocks = 0;  ///< blocks of a sequence's states

  std::int64_t blocks_per_page() const;
  /// Blocks of a sequence with `tokens` tokens in the cache.
  std::int64_t blocks(std::int64_t tokens) const {
    const std::int64_t pages = (tokens + kKvBlockTokens - 1) / kKvBlockTokens;
    std::int64_t result = tokens > 0 ? state_blocks : 0;
    for (const Group& group : groups) {
      result += group.blocks * (group.pages > 0 ? std::min(pages, group.pages) : pages);
    }
    return result;
  }
  /// The blocks that the next token of a sequence with `tokens` tokens takes when it begins a page. The law holds up to
  /// `until` tokens, exclusive.
  struct Law {
    std::int64_t blocks = 1;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
  };
  Law law(std::int64_t tokens) const;
};

/// The fate of blocks that a window has passed. A prefix cache keeps them, since a later request may need them (as vLLM
/// does without its hybrid manager).
enum class Windows { dropped, kept };

/// Further choices that affect a replica's memory.
struct MemoryChoices {
  const Model* draft = nullptr;
  Windows windows = Windows::dropped;
  KvFormat kv = KvFormat::automatic;
  std::optional<BatchLimits> largest_step = std::nullopt;  ///< step to keep memory for; empty: the engine's
  std::optional<double> utilisation = std::nullopt;        ///< share of memory that is taken; empty: the engine's
};

/// The bytes per accelerator of a replica that spreads the model over several accelerators.
struct MemoryPlan {
  double usable_bytes = 0.0;      ///< memory x memory_utilisation
  double weight_bytes = 0.0;      ///< rank_weight_bytes / accelerators of a rank
  double activation_bytes = 0.0;  ///< activations of the largest step that the engine prepares for
  double reserve_bytes = 0.0;     ///< context, graphs, workspaces
  double kv_bytes = 0.0;          ///< the rest; negative when the model does not fit
  std::int64_t kv_blocks = 0;     ///< of kKvBlockTokens tokens, whole replica; 0 when the model does not fit
  /// Blocks of one rank of data-parallel attention, on all accelerators that divide its sequences' tokens: the most that
  /// a sequence can have.
  std::int64_t rank_blocks = 0;
  KvLayout layout;  ///< layout of a sequence in the blocks

  bool fits() const { return kv_blocks > 0; }
};

/// Bytes of the weights that the accelerators of one rank (Parallelism::ranks) hold together, in all stages: all weights
/// except the routed experts, and a part of the routed experts, second copies included. With one rank, all weights.
double rank_weight_bytes(const Model& model, Precision precision, const Parallelism& parallel);

/// The memory plan by vLLM's rule (vllm/worker, determine_num_available_blocks): KV cache = memory x utilisation -
/// weights - the peak of activations in a profiling step - other memory of the process. The peak is that of a layer's
/// MLP plus that of the logits. In the MLP, its input, residual and output (3 x hidden) and the widths of its products
/// (3 x intermediate when gated, shares of tensor parallelism) exist at once. The logits and probabilities of all
/// sequences are in 32 bits. With a draft model (speculative.hpp), the draft's weights are in memory too, and a block
/// holds the keys and values of both models, of all tokens. Ranks of data-parallel attention keep the blocks of their
/// own sequences. The replica has one pool of all ranks' blocks, as if sequences were spread so that all ranks fill up
/// together. Where the tokens of a sequence are divided (Parallelism::token_parts), each accelerator holds a part of
/// each block.
MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       const Parallelism& parallel, const MemoryChoices& choices = {});

}  // namespace idlewatt
