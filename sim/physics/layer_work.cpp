#include "physics/layer_work.hpp"

#include <algorithm>

namespace idlewatt {
namespace {

/// Operations for one token to attend to one other, in one layer, all heads: scores and weighted values.
double prefill_flops_of(const Attention& attention) {
  const double width =
      attention.latent ? (attention.latent->nope_dim + attention.latent->rope_dim + attention.latent->value_dim) / 2.0
                       : attention.head_dim;
  return 4.0 * attention.heads * width;
}
double decode_flops_of(const Attention& attention) {
  return attention.latent ? 2.0 * attention.heads * (2.0 * attention.latent->kv_rank + attention.latent->rope_dim)
                          : prefill_flops_of(attention);
}
/// And for the scores of an index, where there is one.
double index_pair_flops(const Attention& attention) {
  return attention.index ? 2.0 * attention.index->heads * attention.index->head_dim : 0.0;
}

/// Of all layers for a token that is read in all of them: a unit of AttendedContext is a share of it.
template <class PairFlops>
double pair_flops(const std::vector<LayerKind>& kinds, PairFlops of_attention) {
  double flops = 0.0;
  for (const LayerKind& kind : kinds) {
    if (kind.attention && !kind.attention->cross) {
      flops += kind.count * (of_attention(*kind.attention) + index_pair_flops(*kind.attention));
    }
  }
  return flops;
}

}  // namespace

double prefill_pair_flops(const std::vector<LayerKind>& kinds) {
  return pair_flops(kinds, prefill_flops_of);
}
double decode_pair_flops(const std::vector<LayerKind>& kinds) {
  return pair_flops(kinds, decode_flops_of);
}

/// Bytes that norms, residual sums, rotary embedding and activation read and write for one token in all layers, when
/// each does so once: five times the hidden state in and out, queries and keys, and the MLP's products.
double elementwise_bytes(const Model& model, const std::vector<LayerKind>& kinds, double tp) {
  const double products = (model.gated_mlp ? 3.0 : 2.0) / tp;
  const double shared = model.mixture ? model.mixture->shared_width() : 0.0;
  double elements = 0.0;
  for (const LayerKind& kind : kinds) {
    double queries = 0.0;
    if (kind.attention) {
      const Attention& attention = *kind.attention;
      const double head_dim =
          attention.latent ? attention.latent->nope_dim + attention.latent->rope_dim : attention.head_dim;
      const double heads = attention.heads / tp + (attention.latent ? 0.0 : std::max(attention.kv_heads / tp, 1.0));
      queries = 2.0 * heads * head_dim;
    }
    elements +=
        kind.count * (10.0 * model.hidden + queries) +
        products * (kind.count * static_cast<double>(kind.intermediate) + (kind.experts ? kind.count * shared : 0.0));
  }
  return kActivationBytes * elements;
}

/// All that is read of a token in the cache by layers that read it, bytes on one accelerator.
double kv_read_bytes(const Model& model, int tensor_parallel, KvFormat format) {
  double elements = 0.0;
  for (const KvKind& kind : model.kv_kinds(tensor_parallel)) {
    elements += kind.layers * kind.elements;
  }
  return elements * kv_element_bytes(format);
}

bool reads_latent(const std::vector<LayerKind>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [](const LayerKind& kind) { return kind.attention && kind.attention->latent; });
}

/// And those that experts read and write beyond their weights: a token's state in and out, and its products, for each.
double expert_elementwise_bytes(const Model& model, const ModelWeights& weights, double tp) {
  if (!model.mixture) {
    return 0.0;
  }
  return kActivationBytes * weights.expert_layers * weights.experts_per_token *
         (2.0 * (model.mixture->input > 0 ? model.mixture->input : model.hidden) +
          3.0 * model.mixture->intermediate / tp);
}

}  // namespace idlewatt
