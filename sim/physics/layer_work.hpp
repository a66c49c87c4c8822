// The work of a token in the layers of a model, beside the products of their matrices: operations of attention, bytes
// of norms and activations, bytes of keys that are read.
#pragma once

#include <vector>

#include "catalog/model.hpp"
#include "catalog/model_weights.hpp"

namespace idlewatt {

/// Operations of all layers for a token that attends to one other token, in prefill and in decoding (where latent
/// attention multiplies in the latent space). The scores of an index are included.
double prefill_pair_flops(const std::vector<LayerKind>& kinds);
double decode_pair_flops(const std::vector<LayerKind>& kinds);

/// Bytes that norms, residual sums, rotary embedding and activation read and write for one token in all layers, on one
/// of `tp` accelerators.
double elementwise_bytes(const Model& model, const std::vector<LayerKind>& kinds, double tp);
/// Bytes that routed experts read and write for one token beyond their weights, on one of `tp` accelerators.
double expert_elementwise_bytes(const Model& model, const ModelWeights& weights, double tp);

/// Bytes of a token in the cache that layers read, on one accelerator; what an earlier layer keeps for them included.
double kv_read_bytes(const Model& model, int tensor_parallel, KvFormat format);

/// True when attention reads one latent vector for all heads.
bool reads_latent(const std::vector<LayerKind>& kinds);

}  // namespace idlewatt
