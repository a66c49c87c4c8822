// What fits: weights, activations, the engine's reserve, and what is left for KV blocks.
#pragma once

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

/// How many blocks a sequence takes, where layers differ in what they keep. A *page* is kKvBlockTokens tokens in all
/// layers; its blocks are equal in bytes. As in vLLM's hybrid KV cache manager (vllm/v1/core/kv_cache_utils.py) layers
/// that keep alike form groups of one block, all groups as large as the smallest kind, the last of a kind padded;
/// blocks of a window are given back when the window has passed them. The states of state layers are whole blocks from
/// a sequence's first token to its last.
struct KvLayout {
  struct Group {
    std::int64_t blocks = 1;  ///< of a page
    std::int64_t pages = 0;   ///< held at most; 0: as many as there are
  };
  std::vector<Group> groups{Group{}};
  std::int64_t state_blocks = 0;  ///< of a sequence

  std::int64_t blocks_per_page() const;
  /// Of a sequence with so many tokens in the cache.
  std::int64_t blocks(std::int64_t tokens) const;
  /// Blocks that the next token of such a sequence takes, where it begins a page; and up to how many tokens,
  /// exclusive, that is so.
  struct Law {
    std::int64_t blocks = 1;
    std::int64_t until = std::numeric_limits<std::int64_t>::max();
  };
  Law law(std::int64_t tokens) const;
};

/// Whether blocks of windows are given back. A prefix cache keeps them: a later request may want what a window has
/// passed (as vLLM does without its hybrid manager).
enum class Windows { dropped, kept };

/// What else decides about a replica's memory.
struct MemoryChoices {
  const Model* draft = nullptr;
  Windows windows = Windows::dropped;
  KvFormat kv = KvFormat::automatic;
  std::optional<BatchLimits> largest_step = std::nullopt;  ///< that memory is kept for; none: the engine's figures
  std::optional<double> utilisation = std::nullopt;        ///< share of memory that is taken; none: the engine's
};

/// Bytes per accelerator of a replica that spreads the model over several of them.
struct MemoryPlan {
  double usable_bytes = 0.0;      ///< memory x memory_utilisation
  double weight_bytes = 0.0;      ///< rank_weight_bytes / accelerators of a rank
  double activation_bytes = 0.0;  ///< of the largest step that the engine prepares for
  double reserve_bytes = 0.0;     ///< context, graphs, workspaces
  double kv_bytes = 0.0;          ///< what is left; negative when the model does not fit
  std::int64_t kv_blocks = 0;     ///< of kKvBlockTokens tokens, whole replica; 0 when the model does not fit
  KvLayout layout;                ///< of a sequence in them

  bool fits() const { return kv_blocks > 0; }
};

/// Bytes of the weights that the accelerators of one rank of data-parallel attention hold together, in all stages: all
/// but the routed experts, and a part of those, second copies included. Without such ranks, all weights.
double rank_weight_bytes(const Model& model, Precision precision, const Parallelism& parallel);

/// vLLM's rule (vllm/worker, determine_num_available_blocks): KV cache = memory x utilisation - weights - the peak of
/// activations in a profiling step - what else the process holds. The peak is that of a layer's MLP, where its input,
/// residual and output (3 x hidden) and the widths of its products (3 x intermediate when gated, shares of tensor
/// parallelism) exist at once, and of the logits and probabilities of all sequences in 32 bits. With a draft model
/// (speculative.hpp) its weights are there as well, and a block holds the keys and values of both, of all tokens. Ranks
/// of data-parallel attention keep the blocks of their own sequences; the replica has one pool of all ranks' blocks, as
/// if sequences were spread over ranks so that all fill up together.
MemoryPlan memory_plan(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision,
                       const Parallelism& parallel, const MemoryChoices& choices = {});

}  // namespace idlewatt
