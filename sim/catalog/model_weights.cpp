#include "catalog/model_weights.hpp"

#include <cmath>

namespace idlewatt {
namespace {

/// The part of the projections that tensor parallelism divides, and the part that each accelerator has whole.
struct Projections {
  double divided = 0.0;
  double whole = 0.0;
};

Projections projections(const Attention& attention, double hidden) {
  const double heads = attention.heads;
  Projections result;
  if (attention.latent) {
    // arXiv 2405.04434, appendix C: down- and up-projections of queries, and of keys and values together.
    const LatentAttention& latent = *attention.latent;
    const double query_width = heads * (latent.nope_dim + latent.rope_dim);
    result.whole = hidden * (latent.query_rank + latent.kv_rank + latent.rope_dim);
    result.divided = (latent.query_rank > 0 ? latent.query_rank : hidden) * query_width +
                     latent.kv_rank * heads * (latent.nope_dim + latent.value_dim) + heads * latent.value_dim * hidden;
  } else {
    const double width = heads * attention.head_dim;
    const double kv_width = static_cast<double>(attention.kv_heads) * attention.head_dim;
    const double kv_projections = attention.borrowed_kv ? 0.0 : attention.values_are_keys ? 1.0 : 2.0;
    result.divided = hidden * (width * (attention.gated_output ? 3.0 : 2.0) + kv_projections * kv_width);
  }
  if (attention.index && attention.index->heads > 0) {
    // Queries from the compressed ones where there are any, one key, and a weight for each head.
    const SparseIndex& index = *attention.index;
    const double from = attention.latent && attention.latent->query_rank > 0 ? attention.latent->query_rank : hidden;
    result.whole += from * index.heads * index.head_dim + hidden * index.head_dim + hidden * index.heads;
  }
  return result;
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
  for (const LayerKind& kind : model.layer_kinds()) {
    const double count = kind.count;
    weights.layers += count;
    if (kind.attention) {
      const Projections part = projections(*kind.attention, hidden);
      weights.attention += count * part.divided;
      weights.attention_whole += count * part.whole;
    }
    if (kind.state) {
      weights.attention += count * static_cast<double>(kind.state->weights);
    }
    weights.dense_mlp += count * matrices * hidden * kind.intermediate;
    weights.expert_layers += kind.experts ? count : 0.0;
  }
  weights.head = hidden * model.vocabulary;
  weights.embedding = model.tied_embeddings ? 0.0 : weights.head;
  if (model.mixture) {
    const ExpertMixture& mixture = *model.mixture;
    const double input = mixture.input > 0 ? mixture.input : hidden;
    const double to_input = mixture.input > 0 ? 2.0 * hidden * input : 0.0;
    weights.experts = mixture.experts;
    weights.experts_per_token = mixture.experts_per_token;
    weights.expert = matrices * input * mixture.intermediate;
    weights.shared = weights.expert_layers * (matrices * hidden * mixture.shared_width() + to_input);
    weights.router = weights.expert_layers * hidden * mixture.experts;
  }
  return weights;
}

}  // namespace idlewatt
