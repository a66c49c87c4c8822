#include "physics/model_weights.hpp"

#include <cmath>

namespace idlewatt {
namespace {

void add_attention(const Model& model, ModelWeights& weights) {
  const double hidden = model.hidden;
  const double heads = model.heads;
  if (!model.latent) {
    const double width = heads * model.head_dim;
    const double kv_width = static_cast<double>(model.kv_heads) * model.head_dim;
    weights.attention = hidden * (2.0 * width + 2.0 * kv_width);
    return;
  }
  // arXiv 2405.04434, appendix C: down- and up-projections of requests, and of keys and values together.
  const LatentAttention& latent = *model.latent;
  const double query_width = heads * (latent.nope_dim + latent.rope_dim);
  weights.attention_whole = hidden * (latent.query_rank + latent.kv_rank + latent.rope_dim);
  weights.attention = (latent.query_rank > 0 ? latent.query_rank : hidden) * query_width +
                      latent.kv_rank * heads * (latent.nope_dim + latent.value_dim) + heads * latent.value_dim * hidden;
}

}  // namespace

double ModelWeights::experts_touched(double tokens) const {
  if (experts <= 0.0 || tokens <= 0.0) {
    return 0.0;
  }
  return -experts * std::expm1(tokens * std::log1p(-experts_per_token / experts));
}

ModelWeights model_weights(const Model& model) {
  const double hidden = model.hidden;
  const double matrices = model.gated_mlp ? 3.0 : 2.0;
  ModelWeights weights;
  add_attention(model, weights);
  weights.dense_mlp = matrices * hidden * model.intermediate;
  weights.head = hidden * model.vocabulary;
  weights.embedding = model.tied_embeddings ? 0.0 : weights.head;
  weights.dense_layers = model.layers;
  if (model.mixture) {
    const ExpertMixture& mixture = *model.mixture;
    weights.dense_layers = mixture.dense_layers;
    weights.expert_layers = model.layers - mixture.dense_layers;
    weights.experts = mixture.experts;
    weights.experts_per_token = mixture.experts_per_token;
    weights.expert = matrices * hidden * mixture.intermediate;
    weights.shared = mixture.shared_experts * weights.expert + hidden * mixture.experts;
  }
  return weights;
}

}  // namespace idlewatt
