// Transfers among the accelerators that divide the tokens of a sequence.
#pragma once

#include "catalog/model.hpp"
#include "catalog/parallelism.hpp"
#include "catalog/precision.hpp"
#include "physics/collectives.hpp"

namespace idlewatt {

/// The exchange of a layer whose sequences' tokens are divided: among the `context` ranks, as in vLLM's prefill context
/// parallelism (`--prefill-context-parallel-size`), and among `kv_split` accelerators of a rank, as in vLLM's decode
/// context parallelism (`--decode-context-parallel-size`). With both, each accelerator holds one token of `context` x
/// `kv_split`.
///
///   prompts   each accelerator gathers the keys and values of what it attends to: those of the chunk from the other
///             ranks, and those of earlier tokens from all accelerators that hold a part of them
///   decoding  each accelerator attends to its own tokens. The accelerators of `kv_split` first gather the queries of
///             each other's heads, and then add up their outputs, weighted by their log-sum-exp, in a reduce-scatter;
///             ranks add up theirs in an all-reduce (vllm-project/vllm, vllm/v1/attention/ops/common.py:
///             cp_lse_ag_out_rs and cp_lse_ag_out_ar)
///
/// Queries and outputs are in 16 bits, log-sum-exps in 32. Latent attention exchanges them in the latent space. Times
/// are those of all_gather_s; no measurement of these exchanges was at hand, and none overlaps with arithmetic.
class ContextExchange {
 public:
  ContextExchange(const Model& model, KvFormat format, const Parallelism& parallel, const ExchangeLinks& links);

  /// Seconds in one layer to gather keys and values of `chunk` prompt tokens and of `earlier` tokens computed before.
  double prefill_s(double chunk, double earlier) const;
  /// Seconds in one layer to decode `tokens` tokens.
  double decode_s(double tokens) const;
  /// The numbers of collectives in one layer, each of which has a latency beside the time of its bytes.
  double prefill_collectives() const;
  double decode_collectives() const;

 private:
  ExchangeLinks links_;
  double context_ = 1.0;
  double context_here_ = 1.0;  ///< ranks of one sequence on one server
  double split_ = 1.0;
  double split_here_ = 1.0;
  double token_bytes_ = 0.0;   ///< keys and values of a token in one layer, on an accelerator that holds all tokens
  double query_bytes_ = 0.0;   ///< of a token's heads on one accelerator
  double output_bytes_ = 0.0;  ///< of a token's heads on one accelerator, log-sum-exps included
};

/// True when the tokens of the model's sequences can be divided: all layers read the whole context, and none carries a
/// state. vLLM refuses windows (vllm/v1/core/single_type_kv_cache_manager.py: "DCP not support sliding window").
bool tokens_divide(const Model& model);

/// The largest number of accelerators that hold the same keys and values when `tensor` accelerators share the heads:
/// `tensor` for latent attention, otherwise `tensor` / KV heads. At least 1.
std::int32_t kv_copies(const Model& model, std::int32_t tensor);

}  // namespace idlewatt
