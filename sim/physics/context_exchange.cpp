#include "physics/context_exchange.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "physics/attended_context.hpp"
#include "physics/layer_work.hpp"

namespace idlewatt {
namespace {

constexpr double kLogSumExpBytes = 4.0;

/// The attention of the model's layers, which are alike where tokens divide.
Attention attention_of(const std::vector<LayerKind>& kinds) {
  for (const LayerKind& kind : kinds) {
    if (kind.attention && !kind.attention->cross) {
      return *kind.attention;
    }
  }
  return {};
}

}  // namespace

ContextExchange::ContextExchange(const Model& model, KvFormat format, const Parallelism& parallel,
                                 const ExchangeLinks& links)
    : links_(links), context_(parallel.context), split_(parallel.kv_split) {
  const double server = links.server_accelerators;
  const double tensor = parallel.tensor;
  context_here_ = std::clamp(std::floor(server / tensor), 1.0, context_);
  split_here_ = std::min(split_, static_cast<double>(parallel.of_group()));
  const Attention attention = attention_of(model.layer_kinds());
  const std::optional<LatentAttention>& latent = attention.latent;
  const double heads = attention.heads / tensor;
  const double query = latent ? latent->kv_rank + latent->rope_dim : attention.head_dim;
  const double output = latent ? latent->kv_rank : attention.head_dim;
  token_bytes_ = kv_read_bytes(model, parallel.tensor, format) / std::max(1, model.layers);
  query_bytes_ = heads * query * kActivationBytes;
  output_bytes_ = heads * (output * kActivationBytes + kLogSumExpBytes);
}

double ContextExchange::prefill_s(double chunk, double earlier) const {
  // Of earlier tokens, an accelerator lacks what the others of its rank hold, and then what other ranks hold.
  const double of_rank_s =
      split_ > 1.0 ? all_gather_s(earlier / context_ * token_bytes_, split_, split_here_, links_) : 0.0;
  const double of_ranks_s =
      context_ > 1.0 ? all_gather_s((chunk + earlier) * token_bytes_, context_, context_here_, links_) : 0.0;
  return of_rank_s + of_ranks_s;
}

double ContextExchange::decode_s(double tokens) const {
  double seconds = 0.0;
  if (split_ > 1.0) {
    seconds += all_gather_s(tokens * split_ * (query_bytes_ + output_bytes_), split_, split_here_, links_);
  }
  if (context_ > 1.0) {
    seconds += 2.0 * all_gather_s(tokens * output_bytes_, context_, context_here_, links_);
  }
  return seconds;
}

double ContextExchange::prefill_collectives() const {
  return (split_ > 1.0 ? 1.0 : 0.0) + (context_ > 1.0 ? 1.0 : 0.0);
}

double ContextExchange::decode_collectives() const {
  // Queries, log-sum-exps and outputs; of ranks, which have the queries, log-sum-exps and outputs.
  return (split_ > 1.0 ? 3.0 : 0.0) + (context_ > 1.0 ? 2.0 : 0.0);
}

bool tokens_divide(const Model& model) {
  return attended_context(model, 1).plain() && model.state_bytes() == 0.0;
}

std::int32_t kv_copies(const Model& model, std::int32_t tensor) {
  const Attention attention = attention_of(model.layer_kinds());
  return attention.latent ? tensor : std::max(1, tensor / std::max(1, attention.kv_heads));
}

}  // namespace idlewatt
