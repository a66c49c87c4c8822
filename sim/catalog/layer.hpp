// The layers of a language model: what each kind multiplies, keeps for every token, and keeps for every sequence.
#pragma once

#include <cstdint>
#include <optional>

namespace idlewatt {

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): the cache holds one compressed vector per
/// token and layer, which all heads share.
struct LatentAttention {
  int kv_rank = 0;     ///< kv_lora_rank: elements of the compressed vector
  int rope_dim = 0;    ///< qk_rope_head_dim: elements beside it that carry the position
  int nope_dim = 0;    ///< qk_nope_head_dim
  int value_dim = 0;   ///< v_head_dim
  int query_rank = 0;  ///< q_lora_rank; 0 = requests are not compressed

  constexpr bool operator==(const LatentAttention&) const = default;
};

/// A mixture of experts in the MLPs of all layers but the first few.
struct ExpertMixture {
  int experts = 0;  ///< routed experts of a layer
  int experts_per_token = 0;
  int shared_experts = 0;       ///< work on every token
  int intermediate = 0;         ///< of one routed expert
  int dense_layers = 0;         ///< leading layers with a dense MLP of Model::intermediate
  int shared_intermediate = 0;  ///< of one shared expert; 0: as a routed one
  int input = 0;                ///< width that routed experts read and write; 0: the hidden state's

  /// Intermediate width of all shared experts of a layer together.
  constexpr int shared_width() const {
    return shared_experts * (shared_intermediate > 0 ? shared_intermediate : intermediate);
  }
  constexpr bool operator==(const ExpertMixture&) const = default;
};

/// Sparse attention reads the tokens whose small keys score best (DeepSeek-V3.2-Exp, its report, section 2). The cache
/// keeps the keys and values of all tokens, and a small key of each.
struct SparseIndex {
  int heads = 0;     ///< of the scoring; 0: this layer takes over the choice of an earlier one
  int head_dim = 0;  ///< elements of the small key of a token
  int tokens = 0;    ///< read at most

  constexpr bool operator==(const SparseIndex&) const = default;
};

/// Attention of one layer: `heads` on fewer `kv_heads` where queries are grouped.
struct Attention {
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int window = 0;                ///< newest tokens that are kept and read; 0: all
  bool chunked = false;          ///< the window is a block of positions: its first token attends to itself alone
  bool gated_output = false;     ///< the query projection is twice as wide, for a gate of the output
  bool values_are_keys = false;  ///< values have no projection of their own; the cache keeps both
  bool borrowed_kv = false;      ///< keys and values are those of an earlier layer: not projected and not kept here
  bool cross = false;            ///< to another input, such as an image: a token of text reads and keeps nothing
  std::optional<LatentAttention> latent = {};  ///< instead of the heads' own keys and values
  std::optional<SparseIndex> index = {};

  constexpr bool operator==(const Attention&) const = default;
};

/// A layer that carries a state of fixed size from token to token: linear attention, Mamba.
struct StateLayer {
  std::int64_t weights = 0;    ///< of its projections and its convolution
  std::int64_t conv = 0;       ///< elements of a sequence's state that the convolution keeps, in 16 bits
  std::int64_t recurrent = 0;  ///< elements that the recurrence keeps
  int recurrent_bytes = 2;     ///< of one of the latter; 4 where the config asks for 32 bits

  /// Of one sequence.
  constexpr double bytes() const {
    return 2.0 * static_cast<double>(conv) + recurrent_bytes * static_cast<double>(recurrent);
  }
  constexpr bool operator==(const StateLayer&) const = default;
};

/// `count` equal layers. Each has attention, or a state, or neither; and a dense MLP, or experts, or both, or neither.
struct LayerKind {
  int count = 0;
  std::optional<Attention> attention = {};
  std::optional<StateLayer> state = {};
  int intermediate = 0;  ///< of its dense MLP; 0: it has none
  bool experts = false;  ///< it has the mixture of its model

  constexpr bool operator==(const LayerKind&) const = default;
};

}  // namespace idlewatt
