// A language model: the shape that decides how many bytes and operations a token costs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/figure.hpp"
#include "catalog/layer.hpp"
#include "catalog/precision.hpp"

namespace idlewatt {

/// Keys and values of some layers, on one accelerator.
struct KvKind {
  double layers = 0.0;
  double elements = 0.0;  ///< kept for one token in one layer
  int kept = 0;           ///< tokens that are kept at most; 0: all
  int read = 0;           ///< tokens that are read at most; 0: all
  bool chunked = false;   ///< the window is a block of positions (Attention::chunked)
  bool borrowed = false;  ///< read, but kept by an earlier layer
};

/// The format of a published checkpoint, where it is not 16 bits throughout.
struct Checkpoint {
  std::string method;                     ///< "fp8, blocks of 128 x 128"; for messages
  Precision precision = Precision::bf16;  ///< of most of its weights
  TensorFormats formats;
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
  /// Where layers differ in more than the mixture's dense ones: all of them by kind, in no order. Empty: each layer is
  /// as heads, kv_heads, head_dim, intermediate, latent and mixture above say.
  std::vector<LayerKind> kinds;
  std::string source;  ///< of the shape above
  Status status = Status::published;
  std::optional<Checkpoint> checkpoint;

  std::optional<Figure> training_mwh;  ///< energy of the training run, with its range

  /// All layers by kind, also where the shape above says them.
  std::vector<LayerKind> layer_kinds() const;

  /// Keys and values that one accelerator of `tensor_parallel` holds, by kind of layer. Heads are divided as far as
  /// they go, and repeated beyond; a latent vector is whole on each, and so is an index key.
  std::vector<KvKind> kv_kinds(int tensor_parallel = 1) const;
  /// Bytes of a token in all layers, of the tokens that no window has dropped; on one accelerator.
  double kv_bytes_per_token(int tensor_parallel = 1, KvFormat format = KvFormat::automatic) const;
  /// Bytes of a sequence of so many tokens, on one accelerator: windows hold no more than their width.
  double kv_bytes(double tokens, int tensor_parallel = 1, KvFormat format = KvFormat::automatic) const;
  /// Bytes of the states of a sequence, in layers that keep one; on one accelerator.
  double state_bytes(int tensor_parallel = 1) const;

  /// The formats of its tensors when it is served at `precision`: the checkpoint's, where that is its precision.
  TensorFormats formats(Precision precision) const;
  /// All weights. Those that `parameters` counts beyond the shape are in 16 bits.
  double weight_bytes(Precision precision) const;
};

}  // namespace idlewatt
