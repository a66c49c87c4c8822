#include "catalog/model.hpp"

#include <algorithm>

#include "catalog/model_weights.hpp"

namespace idlewatt {

std::vector<LayerKind> Model::layer_kinds() const {
  if (!kinds.empty()) {
    return kinds;
  }
  const Attention attention{.heads = heads, .kv_heads = kv_heads, .head_dim = head_dim, .latent = latent};
  const int dense = mixture ? mixture->dense_layers : layers;
  std::vector<LayerKind> result;
  if (dense > 0) {
    result.push_back({.count = dense, .attention = attention, .intermediate = intermediate});
  }
  if (dense < layers) {
    result.push_back({.count = layers - dense, .attention = attention, .experts = true});
  }
  return result;
}

std::vector<KvKind> Model::kv_kinds(int tensor_parallel) const {
  std::vector<KvKind> result;
  for (const LayerKind& kind : layer_kinds()) {
    if (!kind.attention || kind.attention->cross) {
      continue;
    }
    const Attention& attention = *kind.attention;
    KvKind kv{
        .layers = static_cast<double>(kind.count),
        .elements = 2.0 * std::max(1.0, static_cast<double>(attention.kv_heads) / tensor_parallel) * attention.head_dim,
        .kept = attention.window,
        .read = attention.window,
        .chunked = attention.chunked,
        .borrowed = attention.borrowed_kv};
    if (attention.latent) {
      kv.elements = static_cast<double>(attention.latent->kv_rank + attention.latent->rope_dim);
    }
    if (attention.index) {
      kv.read = attention.index->tokens;
      if (attention.index->heads > 0) {
        result.push_back({.layers = kv.layers, .elements = static_cast<double>(attention.index->head_dim)});
      }
    }
    result.push_back(kv);
  }
  return result;
}

double Model::kv_bytes_per_token(int tensor_parallel, KvFormat format) const {
  double elements = 0.0;
  for (const KvKind& kind : kv_kinds(tensor_parallel)) {
    elements += kind.borrowed ? 0.0 : kind.layers * kind.elements;
  }
  return elements * kv_element_bytes(format);
}

double Model::kv_bytes(double tokens, int tensor_parallel, KvFormat format) const {
  double elements = 0.0;
  for (const KvKind& kind : kv_kinds(tensor_parallel)) {
    const double kept = kind.kept > 0 ? std::min<double>(tokens, kind.kept) : tokens;
    elements += kind.borrowed ? 0.0 : kind.layers * kind.elements * kept;
  }
  return elements * kv_element_bytes(format);
}

double Model::state_bytes(int tensor_parallel) const {
  double bytes = 0.0;
  for (const LayerKind& kind : layer_kinds()) {
    bytes += kind.state ? kind.count * kind.state->bytes() : 0.0;
  }
  return bytes / tensor_parallel;
}

TensorFormats Model::formats(Precision precision) const {
  // Engines widen the 8-bit floats of a checkpoint where the hardware does not multiply them.
  const bool widened = checkpoint && checkpoint->precision == Precision::fp8 && precision == Precision::int8_weights;
  if (!checkpoint || (checkpoint->precision != precision && !widened)) {
    return formats_at(precision, mixture.has_value());
  }
  TensorFormats formats = checkpoint->formats;
  for (TensorFormat* format : {&formats.mixers, &formats.mlps, &formats.experts, &formats.head, &formats.embedding}) {
    format->precision = format->precision == checkpoint->precision ? precision : format->precision;
  }
  return formats;
}

double Model::weight_bytes(Precision precision) const {
  constexpr double kSixteen = 2.0;
  const TensorFormats format = formats(precision);
  const ModelWeights weights = model_weights(*this);
  // The published number of parameters in the format of most of it, and what other tensors take more or less.
  const double unit = format.mixers.bytes;
  return parameters.value * unit + weights.mlps() * (format.mlps.bytes - unit) +
         weights.routed() * (format.experts.bytes - unit) + weights.router * (kSixteen - unit) +
         weights.head * (format.head.bytes - unit) + weights.embedding * (format.embedding.bytes - unit);
}

}  // namespace idlewatt
