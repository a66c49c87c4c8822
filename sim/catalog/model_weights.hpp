// The number of weights in each part of a model, computed from its layers.
#pragma once

#include "catalog/model.hpp"

namespace idlewatt {

/// Numbers of weights in all layers together, unless a field says otherwise. Biases and norms (some hundredths of a
/// percent) are left out.
struct ModelWeights {
  double attention = 0.0;        ///< projections of attention and of state layers that tensor parallelism divides
  double attention_whole = 0.0;  ///< projections that every accelerator holds whole: latent compressions, sparse
                                 ///< indices
  double dense_mlp = 0.0;
  double shared = 0.0;         ///< shared experts, and projections to the width of routed experts
  double router = 0.0;         ///< weights that choose the experts; they stay in 16 bits at every precision
  double expert = 0.0;         ///< weights of one routed expert in one layer
  double head = 0.0;           ///< the language model head: vocabulary x hidden
  double embedding = 0.0;      ///< the table of token embeddings; 0 when the head is that table
  double layers = 0.0;         ///< number of all layers
  double expert_layers = 0.0;  ///< number of layers with experts
  double experts = 0.0;        ///< number of routed experts in a layer
  double experts_per_token = 0.0;

  /// Weights of the groups of TensorFormats.
  double mixers() const { return attention + attention_whole; }
  double mlps() const { return dense_mlp + shared; }
  /// Weights of all routed experts in all layers.
  double routed() const { return expert_layers * experts * expert; }
  /// Weights of the whole model.
  double total() const { return mixers() + mlps() + router + routed() + head + embedding; }
  /// Weights that one token is multiplied with.
  double active() const { return mixers() + mlps() + router + expert_layers * experts_per_token * expert + head; }
  /// The expected number of routed experts of a layer that `tokens` tokens touch when each token chooses experts at
  /// random, all experts alike: experts x (1 - (1 - per token / experts)^tokens).
  double experts_touched(double tokens) const;
};

ModelWeights model_weights(const Model& model);

}  // namespace idlewatt
