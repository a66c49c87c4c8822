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

/// The keys and values that layers of one kind keep and read, on one accelerator.
struct KvKind {
  double layers = 0.0;
  double elements = 0.0;  ///< elements kept for one token in one layer
  int kept = 0;           ///< number of tokens that are kept at most; 0 = all
  int read = 0;           ///< number of tokens that are read at most; 0 = all
  bool chunked = false;   ///< the window is a block of positions (Attention::chunked)
  bool borrowed = false;  ///< true when an earlier layer keeps what this layer reads
};

/// The format of a published checkpoint whose weights are not all in 16 bits.
struct Checkpoint {
  std::string method;                     ///< "fp8, blocks of 128 x 128"; for messages
  Precision precision = Precision::bf16;  ///< precision of most of its weights
  TensorFormats formats;
};

/// A language model of the catalogue.
struct Model {
  std::string name;   ///< "llama-3-8b"
  std::string title;  ///< "Meta Llama 3 8B"

  Figure parameters;         ///< number of all parameters, embeddings included
  Figure active_parameters;  ///< number of parameters that one token uses, embeddings included; fewer than all in a
                             ///< mixture of experts
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;  ///< equal to heads: multi-head; 1: multi-query; between: grouped-query attention
  int head_dim = 0;
  int intermediate = 0;
  int vocabulary = 0;
  int context_tokens = 0;                 ///< longest prompt and output together, in tokens
  bool gated_mlp = true;                  ///< three matrices in an MLP (SwiGLU, GeGLU) rather than two
  bool tied_embeddings = false;           ///< the language model head is the embedding table
  std::optional<LatentAttention> latent;  ///< instead of the heads' own keys and values
  std::optional<ExpertMixture> mixture;
  /// All layers by kind, in no order, for models whose layers differ in more than the mixture's leading dense
  /// layers. Empty: every layer has the shape of the fields above.
  std::vector<LayerKind> kinds;
  std::string source;  ///< source of the shape above
  Status status = Status::published;
  std::optional<Checkpoint> checkpoint;

  std::optional<Figure> training_mwh;  ///< energy of the training run, with its range

  /// The layers by kind: one entry for each kind, with its count. Where `kinds` is empty, all layers are of one kind.
  std::vector<LayerKind> layer_kinds() const;

  /// The keys and values that one of `tensor_parallel` accelerators holds, by kind of layer. Heads are divided
  /// among accelerators; with more accelerators than heads, heads are repeated. Each accelerator holds the whole latent
  /// vector and the whole index key.
  std::vector<KvKind> kv_kinds(int tensor_parallel = 1) const;
  /// Bytes that one accelerator holds of a token in all layers, for a token that no window has dropped.
  double kv_bytes_per_token(int tensor_parallel = 1, KvFormat format = KvFormat::automatic) const;
  /// Bytes that one accelerator holds of a sequence of `tokens` tokens. A window holds no more tokens than its
  /// width.
  double kv_bytes(double tokens, int tensor_parallel = 1, KvFormat format = KvFormat::automatic) const;
  /// Bytes that one accelerator holds of a sequence's states, in layers that keep a state.
  double state_bytes(int tensor_parallel = 1) const;

  /// The formats of the tensors when the model is served at `precision`: the checkpoint's formats where `precision`
  /// is that of the checkpoint.
  TensorFormats formats(Precision precision) const;
  /// Bytes of all weights. Weights that `parameters` counts beyond the shape are in 16 bits.
  double weight_bytes(Precision precision) const;
};

}  // namespace idlewatt
