// The layers of a language model: the products of each kind of layer, and what it keeps per token and per sequence.
#pragma once

#include <cstdint>
#include <optional>

namespace idlewatt {

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): the cache holds one compressed vector per
/// token and layer, which all heads share.
struct LatentAttention {
  int kv_rank = 0;     ///< kv_lora_rank: elements of the compressed vector
  int rope_dim = 0;    ///< qk_rope_head_dim: elements beside it that carry the position
  int nope_dim = 0;    ///< qk_nope_head_dim: elements of a head's key without the position
  int value_dim = 0;   ///< v_head_dim: elements of a head's value
  int query_rank = 0;  ///< q_lora_rank: elements of the compressed query; 0 = queries are not compressed

  constexpr bool operator==(const LatentAttention&) const = default;
};

/// A mixture of experts in the MLPs of all layers but the first few.
struct ExpertMixture {
  int experts = 0;  ///< routed experts of a layer
  int experts_per_token = 0;
  int shared_experts = 0;       ///< number of experts that work on every token
  int intermediate = 0;         ///< intermediate width of one routed expert
  int dense_layers = 0;         ///< number of leading layers with a dense MLP of width Model::intermediate
  int shared_intermediate = 0;  ///< intermediate width of one shared expert; 0 = that of a routed one
  int input = 0;                ///< width that routed experts read and write; 0 = width of the hidden state

  /// Intermediate width of all shared experts of a layer together.
  constexpr int shared_width() const {
    return shared_experts * (shared_intermediate > 0 ? shared_intermediate : intermediate);
  }
  constexpr bool operator==(const ExpertMixture&) const = default;
};

/// Sparse attention, which reads only the tokens whose small keys score best (DeepSeek-V3.2-Exp, its report,
/// section 2). The cache keeps the keys and values of all tokens and a small key of each.
struct SparseIndex {
  int heads = 0;     ///< heads that score tokens; 0 = this layer reuses the choice of an earlier layer
  int head_dim = 0;  ///< elements of the small key of a token
  int tokens = 0;    ///< number of tokens that are read at most

  constexpr bool operator==(const SparseIndex&) const = default;
};

/// The attention of one layer. Queries are grouped where `kv_heads` is smaller than `heads`.
struct Attention {
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int window = 0;                ///< number of newest tokens that are kept and read; 0 = all
  bool chunked = false;          ///< the window is a fixed block of positions; the first token of a block attends to
                                 ///< itself alone
  bool gated_output = false;     ///< the query projection is twice as wide, for a gate of the output
  bool values_are_keys = false;  ///< values have no projection of their own; the cache keeps both
  bool borrowed_kv = false;      ///< keys and values are those of an earlier layer; this layer neither projects nor
                                 ///< keeps any
  bool cross = false;            ///< attends to another input, such as an image; a text token reads and keeps nothing
  std::optional<LatentAttention> latent = {};  ///< instead of the heads' own keys and values
  std::optional<SparseIndex> index = {};

  constexpr bool operator==(const Attention&) const = default;
};

/// A layer that carries a state of fixed size from token to token, such as linear attention or Mamba.
struct StateLayer {
  std::int64_t weights = 0;    ///< number of weights of its projections and its convolution
  std::int64_t conv = 0;       ///< elements that the convolution keeps per sequence, in 16 bits
  std::int64_t recurrent = 0;  ///< elements that the recurrence keeps per sequence
  int recurrent_bytes = 2;     ///< bytes of an element of the recurrence; 4 where the model's config asks for 32 bits

  /// Bytes of the state of one sequence.
  constexpr double bytes() const {
    return 2.0 * static_cast<double>(conv) + recurrent_bytes * static_cast<double>(recurrent);
  }
  constexpr bool operator==(const StateLayer&) const = default;
};

/// `count` equal layers. Each has attention, or a state, or neither. Each has a dense MLP, or experts, or both, or
/// neither.
struct LayerKind {
  int count = 0;
  std::optional<Attention> attention = {};
  std::optional<StateLayer> state = {};
  int intermediate = 0;  ///< intermediate width of the dense MLP; 0 = no dense MLP
  bool experts = false;  ///< true when the layer has the expert mixture of its model

  constexpr bool operator==(const LayerKind&) const = default;
};

}  // namespace idlewatt
