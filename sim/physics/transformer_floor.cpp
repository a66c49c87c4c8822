// The least that steps of a transformer cost.
#include <algorithm>
#include <cmath>

#include "physics/transformer.hpp"

namespace idlewatt {
StepFloor Transformer::floor() const {
  const Rates& fastest = rates_.front();  // a stock clock below it would be no slower
  const Rates& thriftiest = rates_.back();
  const double experts_per_token = weights_.experts_per_token;
  const double one_token = weights_.experts_touched(1.0) / degrees_.experts;
  const double token_bytes =
      elementwise_bytes_ / degrees_.ranks / degrees_.context + expert_elementwise_bytes_ / degrees_.experts;
  const double divided = 1.0 - 1.0 / degrees_.context;  // the share of a prompt token that other context ranks compute
  // A pipeline's stages work at the same time: of what grows with the work, what one of them takes for all of it is the
  // least that a round takes. Durations are rounded to ticks, per token of context and once a step: the floor takes
  // what rounding may take away. The head is read in every step.
  const double layers_s = latency_ * (layers_ * layer_overhead_s_ + expert_layers_ * engine_.expert_overhead_s.value);
  const double exchange_s =
      exchange_.needed() ? expert_layers_ * (2.0 * latency_ * engine_.collective_overhead_s.value + exchange_.least_s())
                         : 0.0;
  const double unit_s = fastest.mixers.s_per_weight;
  const double whole_weights_s = (mixer_weights_ + mlp_weights_ * (fastest.mlps.s_per_weight / unit_s) +
                                  head_weights_ * (fastest.head.s_per_weight / unit_s)) *
                                 unit_s;
  return {
      .step_s = std::max(
          0.0, engine_.step_overhead_s.value + degrees_.stages * (links_s(0.0) + exchange_s + layers_s) - 1.0 / kTicks),
      .sequence_s = engine_.sequence_overhead_s.value / degrees_.ranks,
      .weights_s = degrees_.stages * (whole_weights_s + expert_weights_ * fastest.experts.s_per_weight * one_token),
      .token_s = (mixer_weights_ * fastest.mixers.s_per_weight_token + mlp_weights_ * fastest.mlps.s_per_weight_token) /
                     degrees_.ranks / degrees_.context +
                 expert_weights_ * fastest.experts.s_per_weight_token * experts_per_token / degrees_.experts +
                 token_bytes * fastest.s_per_byte,
      .decode_context_s = std::floor(decode_s(fastest, 1.0) / degrees_.ranks * kTicks) / kTicks,
      .prefill_pair_s = fastest.s_per_prefill_pair / degrees_.ranks,
      .weights_j = thriftiest.j_per_byte * weight_bytes_read(one_token),
      .token_j = thriftiest.mixers.j_per_weight_token * thriftiest.layer_products + thriftiest.j_per_byte * token_bytes,
      .prompt_token_j = thriftiest.mixers.j_per_weight_token * thriftiest.prefill_energy *
                            (thriftiest.layer_products - divided * thriftiest.rank_products) +
                        thriftiest.j_per_byte * token_bytes,
      .decode_context_j = decode_j(thriftiest, 1.0) / degrees_.ranks,
      .prefill_pair_j = thriftiest.j_per_prefill_pair / degrees_.ranks,
      .static_w = thriftiest.static_w,
      .limit_w = cap_.w(),
      .attended = attended_};
}

}  // namespace idlewatt
