// How many weights the parts of a model have, by its layers.
#pragma once

#include "catalog/model.hpp"

namespace idlewatt {

/// Numbers of weights in all layers together, unless a field says otherwise. Biases and norms, some hundredths of a
/// percent, are left out.
struct ModelWeights {
  double attention = 0.0;        ///< projections of attention and of state layers that tensor parallelism divides
  double attention_whole = 0.0;  ///< and those that every accelerator has whole: latent compressions, sparse indices
  double dense_mlp = 0.0;
  double shared = 0.0;         ///< experts that work on every token, and projections to the width of routed experts
  double router = 0.0;         ///< chooses the experts; stays in 16 bits at every precision
  double expert = 0.0;         ///< of one routed expert in one layer
  double head = 0.0;           ///< the language model head: vocabulary x hidden
  double embedding = 0.0;      ///< the table that tokens are looked up in; 0 when the head is that table
  double layers = 0.0;         ///< number of all layers
  double expert_layers = 0.0;  ///< number of layers with experts
  double experts = 0.0;        ///< routed experts of a layer
  double experts_per_token = 0.0;

  /// The groups of TensorFormats.
  double mixers() const { return attention + attention_whole; }
  double mlps() const { return dense_mlp + shared; }
  /// All routed experts.
  double routed() const { return expert_layers * experts * expert; }
  /// All of the model.
  double total() const { return mixers() + mlps() + router + routed() + head + embedding; }
  /// Multiplied for one token.
  double active() const { return mixers() + mlps() + router + expert_layers * experts_per_token * expert + head; }
  /// Routed experts of a layer that `tokens` tokens touch, expected, when each chooses its own at random, all experts
  /// alike: experts x (1 - (1 - per token / experts)^tokens).
  double experts_touched(double tokens) const;
};

ModelWeights model_weights(const Model& model);

}  // namespace idlewatt
