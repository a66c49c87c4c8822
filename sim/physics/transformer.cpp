#include "physics/transformer.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/error.hpp"
#include "physics/layer_work.hpp"

namespace idlewatt {
namespace {

Arithmetic arithmetic_of(const Accelerator& accelerator, Precision precision) {
  const std::optional<Arithmetic> arithmetic = accelerator.arithmetic(precision);
  if (!arithmetic) {
    throw Error(accelerator.name + " has no " + to_string(precision));
  }
  return *arithmetic;
}

double peak(const Accelerator& accelerator, Arithmetic arithmetic) {
  return accelerator.peak(arithmetic)->value;
}

double joules_per_flop(const Accelerator& accelerator, Arithmetic arithmetic) {
  return accelerator.flop_energy(arithmetic)->value;
}

/// The engine as it is on the accelerator; without its factors of an 8-bit KV cache where the cache has 16.
Engine engine_of(const TransformerSpec& spec) {
  Engine engine = spec.engine->on_accelerator(spec.accelerator->kin);
  if (!is_eight_bit(spec.kv)) {
    for (Figure Engine::*const factor :
         {&Engine::eight_bit_kv_bandwidth_factor, &Engine::eight_bit_kv_prefill_factor,
          &Engine::eight_bit_latent_bandwidth_factor, &Engine::eight_bit_latent_compute_factor}) {
      (engine.*factor).value = 1.0;
    }
  }
  return engine;
}

/// The soft maximum of a roofline. std::hypot guards against overflow, which times a weight are far from.
double soft_maximum(double a, double b) {
  return std::sqrt(a * a + b * b);
}

/// Of `count` things that are spread over `ranks`, the share that the rank with most of them has.
double largest_share(double count, double ranks) {
  return count > 0.0 && ranks > 1.0 ? std::ceil(count / ranks) / count : 1.0;
}

/// The links of a group of so many accelerators of a server.
ExchangeLinks links_of(const TransformerSpec& spec, int group) {
  return {.link_bytes_per_s = spec.accelerator->in_group(group).link_bytes_per_s.value,
          .network_bytes_per_s = spec.network_bytes_per_s / spec.server_accelerators,
          .network_latency_s = spec.network_latency_s,
          .server_accelerators = spec.server_accelerators};
}

ExchangeLinks exchange_links(const TransformerSpec& spec) {
  return links_of(spec, std::min(spec.parallel.of_stage(), spec.server_accelerators));
}

}  // namespace

/// A step's costs at one clock. Of one stage's pass over one micro-batch: seconds; of all its micro-batches: joules.
struct Transformer::Terms {
  double overhead_s = 0.0;
  double linear_s = 0.0;
  double prefill_s = 0.0;
  double links_s = 0.0;
  double hops_s = 0.0;
  double layers_s = 0.0;
  double decode_token_s = 0.0;  ///< per token of all the step's context
  double dynamic_j = 0.0;
  double decode_token_j = 0.0;
};

/// Of one micro-batch, unless a field says otherwise.
struct Transformer::Tokens {
  double micro_batches = 1.0;
  double sequences = 0.0;     ///< of the slowest rank, in all micro-batches
  double decoded = 0.0;       ///< tokens of all ranks and micro-batches
  double all = 0.0;           ///< tokens of all ranks
  double rank = 0.0;          ///< tokens of the slowest rank
  double sent = 0.0;          ///< tokens that the slowest rank sends to experts: of each context rank, its share
  double decode_share = 1.0;  ///< of what decoding sequences take, the slowest rank's part
  double prefill_share = 1.0;
};

Transformer::Transformer(const TransformerSpec& spec)
    : accelerator_(spec.accelerator->in_group(spec.parallel.of_group())),
      model_(*spec.model),
      engine_(engine_of(spec)),
      precision_(spec.precision),
      formats_(spec.model->formats(spec.precision)),
      attended_(attended_context(*spec.model, spec.parallel.tensor)),
      degrees_{.tensor = static_cast<double>(spec.parallel.tensor),
               .stages = static_cast<double>(spec.parallel.pipeline),
               .ranks = static_cast<double>(spec.parallel.data_attention),
               .experts = static_cast<double>(spec.parallel.expert),
               .imbalance = spec.parallel.expert_imbalance,
               .context = static_cast<double>(spec.parallel.context),
               .token_parts = static_cast<double>(spec.parallel.token_parts()),
               .tensor_servers = static_cast<double>(spec.parallel.tensor_servers)},
      network_{.bytes_per_s = spec.network_bytes_per_s,
               .latency_s = spec.network_latency_s,
               .ranks = std::min(degrees_.ranks * degrees_.context,
                                 std::max(1.0, std::floor(spec.server_accelerators / degrees_.tensor))),
               .of_rank = links_of(spec, spec.parallel.of_group())},
      exchange_(*spec.model, spec.precision, spec.parallel, exchange_links(spec)),
      context_exchange_(*spec.model, spec.kv, spec.parallel, exchange_links(spec)),
      latency_(spec.accelerator->latency_factor.value),
      weights_(model_weights(*spec.model)),
      limit_(Power::from_w(spec.accelerator->board_limit_w.value)) {
  const double tp = degrees_.tensor;
  const double expert_tp = spec.parallel.expert_tensor();
  weights_.experts += weights_.experts > 0.0 ? spec.parallel.redundant_experts : 0.0;
  const std::vector<LayerKind> kinds = model_.layer_kinds();
  latent_ = reads_latent(kinds);
  layers_ = weights_.layers / degrees_.stages;
  mixer_weights_ = (weights_.attention / tp + weights_.attention_whole) / degrees_.stages;
  mlp_weights_ = (weights_.dense_mlp + weights_.shared + weights_.router) / tp / degrees_.stages;
  if (formats_.mixers == formats_.mlps) {
    mixer_weights_ = (weights_.attention / tp + weights_.attention_whole +
                      (weights_.dense_mlp + weights_.shared + weights_.router) / tp) /
                     degrees_.stages;
    mlp_weights_ = 0.0;
  }
  state_bytes_ = model_.state_bytes(spec.parallel.tensor) / degrees_.stages;
  expert_layers_ = weights_.expert_layers / degrees_.stages;
  expert_weights_ = expert_layers_ * weights_.expert / expert_tp;
  head_weights_ = weights_.head / tp / degrees_.stages;
  elementwise_bytes_ = engine_.elementwise_factor.value * elementwise_bytes(model_, kinds, tp) / degrees_.stages;
  expert_elementwise_bytes_ =
      engine_.expert_elementwise_factor.value * expert_elementwise_bytes(model_, weights_, expert_tp) / degrees_.stages;
  const auto units = static_cast<double>(attended_.whole());
  kv_unit_bytes_ = kv_read_bytes(model_, spec.parallel.tensor, spec.kv) / degrees_.stages / units;
  pair_flops_.decode = decode_pair_flops(kinds) / degrees_.stages / tp / units;
  pair_flops_.prefill = prefill_pair_flops(kinds) / degrees_.stages / tp / units;
  const Precision mixers = formats_.mixers.precision;
  layer_overhead_s_ =
      engine_.layer_overhead_s.value +
      (mixers == Precision::fp8 || mixers == Precision::int8 ? engine_.eight_bit_layer_overhead_s.value : 0.0);
  const double unit = formats_.mixers.bytes;
  read_ = {.without_experts = mixer_weights_ + mlp_weights_ * (formats_.mlps.bytes / unit) +
                              head_weights_ * (formats_.head.bytes / unit),
           .expert_unit = formats_.experts.bytes / unit};
  const std::vector<ClockPoint> ladder = clock_ladder(accelerator_);
  const bool capped = spec.power_cap_w && *spec.power_cap_w < accelerator_.board_limit_w.value;
  const bool slowed = spec.clock_limit_hz && *spec.clock_limit_hz < ladder.front().clock_hz;
  limited_ = capped || slowed;
  cap_ = capped ? Power::from_w(*spec.power_cap_w) : limit_;
  for (const ClockPoint& clock : ladder) {
    if (slowed && clock.clock_hz > *spec.clock_limit_hz) {
      highest_ = std::min(highest_ + 1, ladder.size() - 1);
    }
    if (limited_ || rates_.empty()) {
      rates_.push_back(rates_at(clock));
    }
  }
}

Transformer::WeightRates Transformer::weight_rates(const TensorFormat& format, const ClockPoint& clock) const {
  const Accelerator& a = accelerator_;
  const Engine& e = engine_;
  // Tensors in 16 bits beside narrower ones are multiplied in the 16 bits that the accelerator has.
  const bool beside = format.precision == Precision::bf16 && precision_ != Precision::bf16;
  const Arithmetic arithmetic = beside ? a.sixteen_bits() : arithmetic_of(a, format.precision);
  const bool eight_bit = arithmetic == Arithmetic::fp8 || arithmetic == Arithmetic::int8;
  const bool widened = weights_are_widened(format.precision);
  const double bytes = format.bytes;
  const double bandwidth = a.memory_bandwidth_bytes_per_s.value * clock.bandwidth * e.bandwidth_factor.value;
  const double linear_bandwidth = bandwidth * a.bandwidth_efficiency.value *
                                  (widened     ? e.widening_bandwidth_factor.value
                                   : eight_bit ? e.eight_bit_bandwidth_factor.value
                                               : 1.0);
  const double compute = e.compute_factor.value * clock.compute;
  const double linear_compute = peak(a, arithmetic) * compute * a.compute_efficiency.value *
                                (widened ? e.widening_compute_factor.value : 1.0) *
                                (eight_bit ? e.eight_bit_compute_factor.value : 1.0);
  return {.s_per_weight = bytes / linear_bandwidth,
          .s_per_weight_token = 2.0 / linear_compute,
          .j_per_weight_token = 2.0 * joules_per_flop(a, arithmetic) * clock.energy};
}

Transformer::WeightRates Transformer::expert_rates(const ClockPoint& clock) const {
  WeightRates rates = weight_rates(formats_.experts, clock);
  rates.s_per_weight /= engine_.expert_bandwidth_factor.value;
  const Precision precision = formats_.experts.precision;
  const bool eight_bit = precision == Precision::fp8 || precision == Precision::int8;
  rates.s_per_weight_token *=
      eight_bit ? engine_.eight_bit_compute_factor.value / engine_.expert_eight_bit_compute_factor.value
                : 1.0 / engine_.expert_compute_factor.value;
  return rates;
}

Transformer::Rates Transformer::rates_at(const ClockPoint& clock) const {
  const Accelerator& a = accelerator_;
  const Engine& e = engine_;
  const double bandwidth = a.memory_bandwidth_bytes_per_s.value * clock.bandwidth * e.bandwidth_factor.value;
  const double attention_compute = peak(a, a.sixteen_bits()) * e.compute_factor.value * clock.compute;

  Rates rates;
  rates.clock = clock;
  rates.mixers = weight_rates(formats_.mixers, clock);
  rates.mlps = weight_rates(formats_.mlps, clock);
  rates.head = weight_rates(formats_.head, clock);
  rates.experts = expert_rates(clock);
  rates.s_per_byte = 1.0 / (bandwidth * a.bandwidth_efficiency.value);
  rates.s_per_kv_byte = 1.0 / (bandwidth * a.kv_efficiency.value * e.eight_bit_kv_bandwidth_factor.value);
  if (latent_) {
    rates.s_per_decode_read =
        kv_unit_bytes_ / (bandwidth * a.latent_kv_efficiency.value * e.eight_bit_latent_bandwidth_factor.value);
    rates.s_per_decode_pair = pair_flops_.decode / (attention_compute * a.latent_compute_efficiency.value *
                                                    e.eight_bit_latent_compute_factor.value);
  } else {
    rates.s_per_decode_read = kv_unit_bytes_ * rates.s_per_kv_byte;
    rates.s_per_decode_pair = pair_flops_.decode / (attention_compute * a.decode_attention_efficiency.value);
  }
  rates.s_per_decode_read /= degrees_.token_parts;
  rates.s_per_decode_pair /= degrees_.context;
  // A prompt's latents are widened to the heads' own keys and values before its attention.
  rates.s_per_prefill_pair =
      pair_flops_.prefill /
      (attention_compute * a.attention_efficiency.value * (latent_ ? 1.0 : e.eight_bit_kv_prefill_factor.value)) /
      degrees_.context;
  rates.j_per_byte = a.joules_per_byte.value * clock.energy;
  const double attention_j = joules_per_flop(a, a.sixteen_bits()) * clock.energy;
  rates.j_per_decode_read = kv_unit_bytes_ * rates.j_per_byte / degrees_.token_parts;
  rates.j_per_decode_pair = pair_flops_.decode * attention_j / degrees_.context;
  rates.prefill_energy = a.prefill_energy_factor.value;
  rates.j_per_prefill_pair = pair_flops_.prefill * attention_j * rates.prefill_energy / degrees_.context;
  rates.static_w =
      clock.static_w + (degrees_.tensor * degrees_.ranks * degrees_.context > 1.0 ? a.link_active_w.value : 0.0);
  const Shares shares = joules_shares(rates);
  rates.rank_products = (mixer_weights_ + mlp_weights_ * shares.mlps) / degrees_.ranks;
  rates.layer_products =
      rates.rank_products + expert_weights_ * weights_.experts_per_token * shares.experts / degrees_.experts;
  rates.head_joules = shares.head;
  return rates;
}

double Transformer::layer_products_s(const Rates& rates, double tokens) const {
  const auto products_s = [&](double weights, const WeightRates& of) {
    return weights > 0.0 ? weights * soft_maximum(of.s_per_weight, of.s_per_weight_token * tokens) : 0.0;
  };
  return products_s(mixer_weights_, rates.mixers) + products_s(mlp_weights_, rates.mlps);
}

/// Per unit of context that `tokens` new ones of its sequence attend to: it is read once for all of them.
double Transformer::decode_s(const Rates& rates, double tokens) const {
  const double arithmetic_s = tokens * rates.s_per_decode_pair;
  return std::max(rates.s_per_decode_read, arithmetic_s);
}

Transformer::Tokens Transformer::tokens_of(const StepShape& shape) const {
  const double ranks = degrees_.ranks;
  Tokens t{.decoded = static_cast<double>(shape.decode_sequences) * shape.decode_tokens,
           .decode_share = largest_share(shape.decode_sequences, ranks),
           .prefill_share = largest_share(shape.prefill_sequences, ranks)};
  t.sequences = shape.decode_sequences * t.decode_share + shape.prefill_sequences * t.prefill_share;
  t.micro_batches = std::max(1.0, std::min(degrees_.stages, t.sequences));
  t.all = (t.decoded + static_cast<double>(shape.prefill_tokens)) / t.micro_batches;
  const double prompts = static_cast<double>(shape.prefill_tokens) * t.prefill_share;
  t.rank = (t.decoded * t.decode_share + prompts / degrees_.context) / t.micro_batches;
  t.sent = (t.decoded * t.decode_share + prompts) / degrees_.context / t.micro_batches;
  return t;
}

/// All-reduces of all layers; where tokens are exchanged, that of routed experts is none.
double Transformer::links_s(double tokens) const {
  if (degrees_.tensor <= 1.0) {
    return 0.0;
  }
  const double exchanged = exchange_.needed() ? expert_layers_ : 0.0;
  return (2.0 * layers_ - exchanged) *
         (accelerator_.link_latency_s.value + latency_ * engine_.collective_overhead_s.value +
          all_reduce_s(tokens * model_.hidden * kActivationBytes, degrees_.tensor, degrees_.tensor_servers,
                       network_.of_rank));
}

/// The slowest accelerator is the one with most tokens to send, or the one that receives most.
double Transformer::exchange_s(const Tokens& tokens, bool decode_only) const {
  if (!exchange_.needed()) {
    return 0.0;
  }
  const double sent =
      std::max(tokens.sent, tokens.all / degrees_.ranks / degrees_.context * degrees_.imbalance) / degrees_.tensor;
  return expert_layers_ * (2.0 * latency_ * engine_.collective_overhead_s.value + exchange_.seconds(sent, decode_only));
}

/// Where the tokens of sequences are divided: keys, values and outputs of the slowest rank's sequences.
double Transformer::context_s(const StepShape& shape, const Tokens& tokens) const {
  if (degrees_.token_parts <= 1.0) {
    return 0.0;
  }
  const double collective_s = accelerator_.link_latency_s.value + latency_ * engine_.collective_overhead_s.value;
  double layer_s = 0.0;
  if (shape.prefill_tokens > 0) {
    const double share = tokens.prefill_share / tokens.micro_batches;
    const auto chunk = static_cast<double>(shape.prefill_tokens);
    const double earlier = static_cast<double>(shape.prefill_context) - chunk;
    layer_s += context_exchange_.prefill_s(share * chunk, share * earlier) +
               context_exchange_.prefill_collectives() * collective_s;
  }
  if (shape.decode_sequences > 0) {
    layer_s += context_exchange_.decode_s(tokens.decoded * tokens.decode_share / tokens.micro_batches) +
               context_exchange_.decode_collectives() * collective_s;
  }
  return layers_ * layer_s;
}

Transformer::Terms Transformer::terms(const StepShape& shape, const Rates& rates) const {
  const Tokens of = tokens_of(shape);
  const double m = of.micro_batches;
  const double tokens = of.rank;
  const double decoded = of.decoded;
  const double head_tokens = decoded * of.decode_share + shape.prefill_sequences * of.prefill_share;
  const double slow_tokens =
      tokens + engine_.long_step_factor.value * std::max(0.0, tokens - engine_.long_step_tokens.value);
  // Of the expert rank that gets most tokens, and of the mean one.
  const double expert_tokens = of.all * degrees_.imbalance / degrees_.experts;
  const double touched = weights_.experts_touched(of.all * degrees_.imbalance) / degrees_.experts;
  const double mean_touched = weights_.experts_touched(of.all) / degrees_.experts;

  Terms t;
  t.overhead_s = engine_.step_overhead_s.value + engine_.sequence_overhead_s.value * of.sequences;
  // A state is read and written once a step for each sequence, whatever its tokens.
  const double state_bytes = 2.0 * state_bytes_ * of.sequences / m;
  const double mean_state_bytes =
      2.0 * state_bytes_ * (shape.decode_sequences + shape.prefill_sequences) / degrees_.ranks / m;
  t.linear_s = layer_products_s(rates, slow_tokens) +
               head_weights_ * soft_maximum(rates.head.s_per_weight, rates.head.s_per_weight_token * head_tokens / m) +
               elementwise_bytes_ * rates.s_per_byte * slow_tokens +
               expert_weights_ * (rates.experts.s_per_weight * touched +
                                  rates.experts.s_per_weight_token * weights_.experts_per_token * expert_tokens) +
               expert_elementwise_bytes_ * rates.s_per_byte * expert_tokens + state_bytes * rates.s_per_byte;
  const double prefill_bytes = kv_unit_bytes_ * static_cast<double>(shape.prefill_context);
  const double ramp = accelerator_.attention_ramp_tokens.value * static_cast<double>(attended_.whole());
  const double prefill_pairs =
      static_cast<double>(shape.prefill_attention) + ramp * static_cast<double>(shape.prefill_tokens);
  t.prefill_s =
      of.prefill_share * std::max(prefill_bytes * rates.s_per_kv_byte, prefill_pairs * rates.s_per_prefill_pair) / m;
  t.links_s = links_s(tokens) + exchange_s(of, shape.prefill_tokens == 0) + context_s(shape, of);
  if (degrees_.stages > 1.0) {
    t.hops_s = (degrees_.stages - 1.0) *
               (network_.latency_s + tokens * network_.ranks * model_.hidden * kActivationBytes / network_.bytes_per_s);
  }
  t.layers_s =
      latency_ *
      (layers_ * (layer_overhead_s_ + (shape.decode_sequences > 0 ? engine_.attention_overhead_s.value : 0.0)) +
       expert_layers_ * engine_.expert_overhead_s.value);
  t.decode_token_s = of.decode_share * decode_s(rates, shape.decode_tokens) / m;
  if (latent_ && shape.decode_sequences > 0) {
    t.decode_token_s = std::max(t.decode_token_s, layers_ * accelerator_.latent_s_per_token.value /
                                                      static_cast<double>(attended_.whole()) / degrees_.token_parts /
                                                      shape.decode_sequences);
  }

  // Prompt tokens that an accelerator of the mean rank leaves to other context ranks.
  const double divided_tokens = static_cast<double>(shape.prefill_tokens) * (1.0 - 1.0 / degrees_.context);
  const double bytes =
      m * (weight_bytes_read(mean_touched) +
           (elementwise_bytes_ / degrees_.ranks + expert_elementwise_bytes_ / degrees_.experts) * of.all -
           elementwise_bytes_ / degrees_.ranks * divided_tokens / m + mean_state_bytes) +
      prefill_bytes / degrees_.ranks;
  t.dynamic_j = rates.j_per_byte * bytes +
                rates.mixers.j_per_weight_token * (energy_tokens(shape, rates) * rates.layer_products -
                                                   divided_tokens * rates.prefill_energy * rates.rank_products +
                                                   (decoded + shape.prefill_sequences * rates.prefill_energy) /
                                                       degrees_.ranks * head_weights_ * rates.head_joules) +
                rates.j_per_prefill_pair * static_cast<double>(shape.prefill_attention) / degrees_.ranks;
  t.decode_token_j = decode_j(rates, shape.decode_tokens) / degrees_.ranks;
  return t;
}

double Transformer::weight_bytes_read(double experts_touched) const {
  return formats_.mixers.bytes * (read_.without_experts + expert_weights_ * experts_touched * read_.expert_unit);
}

/// Tokens, each weighted by the energy of its operations against those of decoding.
double Transformer::energy_tokens(const StepShape& shape, const Rates& rates) {
  return static_cast<double>(shape.decode_sequences) * shape.decode_tokens +
         static_cast<double>(shape.prefill_tokens) * rates.prefill_energy;
}

Transformer::Shares Transformer::joules_shares(const Rates& rates) {
  const double unit = rates.mixers.j_per_weight_token;
  if (unit <= 0.0) {
    return {};
  }
  return {.mlps = rates.mlps.j_per_weight_token / unit,
          .experts = rates.experts.j_per_weight_token / unit,
          .head = rates.head.j_per_weight_token / unit};
}

double Transformer::launch_s(const StepShape& shape) const {
  return layers_ * (shape.prefill_tokens > 0 ? engine_.prefill_layer_launch_s.value : engine_.layer_launch_s.value);
}

Transformer::Unlimited Transformer::unlimited(const StepShape& shape, const Rates& rates) const {
  const Terms t = terms(shape, rates);
  const double around_s = t.overhead_s + t.hops_s;
  const auto piece_of = [&](const Straight& duration_s) {
    return rounded(duration_s, {rates.static_w * duration_s.at_zero + t.dynamic_j,
                                rates.static_w * duration_s.per_token + t.decode_token_j});
  };
  Unlimited result{
      .working = piece_of({around_s + degrees_.stages * (t.linear_s + t.prefill_s + t.links_s + t.layers_s),
                           degrees_.stages * t.decode_token_s}),
      .launching = std::nullopt};
  if (const double launch = launch_s(shape); launch > 0.0) {
    result.launching = piece_of({around_s + degrees_.stages * launch, 0.0});
  }
  return result;
}

PieceList Transformer::pieces(const StepShape& shape, const Rates& rates, Power limit) const {
  auto [working, launching] = unlimited(shape, rates);
  PieceList result;
  if (launching) {
    working.from_context =
        first_above(working.duration_at_zero - launching->duration_at_zero, working.duration_per_token, 0);
    if (working.from_context > 0) {
      result.add_limited(*launching, working.from_context, limit);
    }
  }
  if (working.from_context < kMostContext) {
    result.add_limited(working, kMostContext, limit);
  }
  return result;
}

CostLine Transformer::line(const StepShape& shape) const {
  if (limited_) {
    return limited_line(shape);
  }
  const PieceList result = pieces(shape, rates_.front(), limit_);
  return CostLine(std::vector<CostPiece>(result.begin(), result.end()));
}

StepCost Transformer::cost(const StepShape& shape, std::int64_t decode_context) const {
  if (limited_) {
    const std::size_t stock = stock_clock(shape);
    const std::size_t clock = clock_for(shape, decode_context, stock);
    return slowed_pieces(shape, stock, clock).at(decode_context).at(decode_context);
  }
  // As pieces() has it at this context, without a list of the others.
  const Unlimited of = unlimited(shape, rates_.front());
  StepCost cost = of.working.at(decode_context);
  if (of.launching && cost.duration <= of.launching->duration_at_zero) {
    cost = of.launching->at(decode_context);
  }
  cost.energy = std::min(cost.energy, limit_ * cost.duration);
  return cost;
}

StepParts Transformer::parts(const StepShape& shape, std::int64_t decode_context) const {
  const std::size_t stock = limited_ ? stock_clock(shape) : 0;
  const Rates rates = limited_ ? slowed_rates(stock, clock_for(shape, decode_context, stock)) : rates_.front();
  const Terms t = terms(shape, rates);
  StepParts result{
      .overhead_s = t.overhead_s,
      .linear_s = degrees_.stages * t.linear_s,
      .attention_s = degrees_.stages * (t.prefill_s + t.decode_token_s * static_cast<double>(decode_context)),
      .links_s = degrees_.stages * t.links_s + t.hops_s,
      .layers_s = degrees_.stages * t.layers_s,
      .clock_hz = rates.clock.clock_hz};
  const double working_s = result.linear_s + result.attention_s + degrees_.stages * t.links_s;
  result.layers_s = std::max(result.layers_s, degrees_.stages * launch_s(shape) - working_s);
  return result;
}

std::unique_ptr<StepModel> make_transformer(const TransformerSpec& spec) {
  return std::make_unique<Transformer>(spec);
}

}  // namespace idlewatt
