// How many weights the parts of a model have, by its shape.
#pragma once

#include "catalog/model.hpp"

namespace idlewatt {

/// Numbers of weights; biases and norms, some hundredths of a percent, left out.
struct ModelWeights {
  double attention = 0.0;        ///< projections of one layer that tensor parallelism divides
  double attention_whole = 0.0;  ///< and those that every accelerator has whole: the compressions of latent attention
  double dense_mlp = 0.0;        ///< of one dense layer
  double shared = 0.0;           ///< of one layer with experts: the shared ones and the router
  double expert = 0.0;           ///< of one routed expert
  double head = 0.0;             ///< the language model head: vocabulary x hidden
  double embedding = 0.0;        ///< the table that tokens are looked up in; 0 when the head is that table
  double dense_layers = 0.0;
  double expert_layers = 0.0;
  double experts = 0.0;  ///< routed experts of a layer
  double experts_per_token = 0.0;

  /// All of the model.
  double total() const {
    return (dense_layers + expert_layers) * (attention + attention_whole) + dense_layers * dense_mlp +
           expert_layers * (shared + experts * expert) + head + embedding;
  }
  /// Multiplied for one token.
  double active() const {
    return (dense_layers + expert_layers) * (attention + attention_whole) + dense_layers * dense_mlp +
           expert_layers * (shared + experts_per_token * expert) + head;
  }
  /// Routed experts of a layer that `tokens` tokens touch, expected, when each chooses its own at random, all experts
  /// alike: experts x (1 - (1 - per token / experts)^tokens).
  double experts_touched(double tokens) const;
};

ModelWeights model_weights(const Model& model);

}  // namespace idlewatt
