// What a token costs in the layers of a model beside the products of their matrices: operations of attention, bytes of
// norms and activations, bytes of keys that are read.
#pragma once

#include <vector>

#include "catalog/model.hpp"
#include "catalog/model_weights.hpp"

namespace idlewatt {

/// Operations of all layers for a token that attends to one other: in prefill, and in decoding, where latent attention
/// multiplies in the latent space. The scores of an index are in them.
double prefill_pair_flops(const std::vector<LayerKind>& kinds);
double decode_pair_flops(const std::vector<LayerKind>& kinds);

/// Bytes that norms, residual sums, rotary embedding and activation read and write for one token in all layers, on one
/// of `tp` accelerators.
double elementwise_bytes(const Model& model, const std::vector<LayerKind>& kinds, double tp);
/// And those that routed experts read and write beyond their weights.
double expert_elementwise_bytes(const Model& model, const ModelWeights& weights, double tp);

/// Bytes of a token in the cache that layers read, on one accelerator; what an earlier layer keeps for them included.
double kv_read_bytes(const Model& model, int tensor_parallel, KvFormat format);

/// Whether attention reads one latent vector for all heads.
bool reads_latent(const std::vector<LayerKind>& kinds);

}  // namespace idlewatt
