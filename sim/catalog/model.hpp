// A language model: the shape that decides how many bytes and operations a token costs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "catalog/figure.hpp"
#include "catalog/precision.hpp"

namespace idlewatt {

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): the cache holds one compressed vector per
/// token and layer, which all heads share.
struct LatentAttention {
  int kv_rank = 0;     ///< kv_lora_rank: elements of the compressed vector
  int rope_dim = 0;    ///< qk_rope_head_dim: elements beside it that carry the position
  int nope_dim = 0;    ///< qk_nope_head_dim
  int value_dim = 0;   ///< v_head_dim
  int query_rank = 0;  ///< q_lora_rank; 0 = requests are not compressed
};

/// A mixture of experts in the MLPs of all layers but the first few.
struct ExpertMixture {
  int experts = 0;  ///< routed experts of a layer
  int experts_per_token = 0;
  int shared_experts = 0;  ///< work on every token
  int intermediate = 0;    ///< of one expert
  int dense_layers = 0;    ///< leading layers with a dense MLP of Model::intermediate
};

struct Model {
  std::string name;   ///< "llama-3-8b"
  std::string title;  ///< "Meta Llama 3 8B"

  Figure parameters;         ///< all of them, embeddings included
  Figure active_parameters;  ///< of one token: fewer in a mixture of experts; embeddings included
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;  ///< equal to heads: multi-head; 1: multi-query; between: grouped-query attention
  int head_dim = 0;
  int intermediate = 0;
  int vocabulary = 0;
  int context_tokens = 0;                 ///< longest prompt and output together
  bool gated_mlp = true;                  ///< three matrices in an MLP (SwiGLU, GeGLU) rather than two
  bool tied_embeddings = false;           ///< the language model head is the embedding table
  std::optional<LatentAttention> latent;  ///< instead of the heads' own keys and values
  std::optional<ExpertMixture> mixture;
  std::string source;  ///< of the shape above
  Status status = Status::published;

  std::optional<Figure> training_mwh;  ///< energy of the training run, with its range

  /// Elements of the KV cache that one accelerator of `tensor_parallel` holds for one token in one layer. Heads are
  /// divided as far as they go, and repeated beyond; a latent vector is whole on each.
  double kv_elements(int tensor_parallel) const {
    if (latent) {
      return static_cast<double>(latent->kv_rank + latent->rope_dim);
    }
    return 2.0 * std::max(1.0, static_cast<double>(kv_heads) / tensor_parallel) * head_dim;
  }
  /// Keys and values of one token in all layers, bytes, on one accelerator of `tensor_parallel`.
  double kv_bytes_per_token(int tensor_parallel = 1) const {
    return layers * kv_elements(tensor_parallel) * kKvElementBytes;
  }
  double weight_bytes(Precision p) const { return parameters.value * idlewatt::weight_bytes(p); }
};

}  // namespace idlewatt
