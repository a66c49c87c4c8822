// Step times and energies of a transformer, from the shapes of model and hardware and a few measured efficiencies.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/energy.hpp"
#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/model_weights.hpp"
#include "catalog/parallelism.hpp"
#include "physics/clock_ladder.hpp"
#include "physics/collectives.hpp"
#include "physics/context_exchange.hpp"
#include "physics/linear_pieces.hpp"
#include "physics/step_model.hpp"

namespace idlewatt {

/// The hardware and the software of a replica.
struct TransformerSpec {
  const Accelerator* accelerator = nullptr;
  const Model* model = nullptr;
  const Engine* engine = nullptr;
  Precision precision = Precision::bf16;
  KvFormat kv = KvFormat::automatic;
  Parallelism parallel = {};
  double network_bytes_per_s = 0.0;  ///< of a server; needed when a replica has several stages, or spans servers
  double network_latency_s = 0.0;
  int server_accelerators = 1;                       ///< accelerators that share that network
  std::optional<double> power_cap_w = std::nullopt;  ///< per accelerator; each step runs at the highest clock within it
  std::optional<double> clock_limit_hz = std::nullopt;  ///< highest clock that may be used
};

/// The parts of one step's time in seconds, for reports.
struct StepParts {
  double overhead_s = 0.0;  ///< overhead of the engine, per step and sequence
  double linear_s = 0.0;    ///< matrix products, experts and head included
  double attention_s = 0.0;
  double links_s = 0.0;   ///< collectives and exchanges within stages, and hops between them
  double layers_s = 0.0;  ///< fixed costs of layers, and waiting for the host to launch them
  double clock_hz = 0.0;
};

/// The cost of a step of T tokens and N sequences on one of the accelerators. With t = T / m tokens in each of
/// m = min(stages, N) micro-batches that fill the pipeline, and L layers of a stage, without data-parallel attention:
///
///   linear    = W x hypot(bytes / (bandwidth x eb), 2 t / (peak x ec))    W weights of a stage / tp: a soft roofline,
///               for reads and arithmetic overlap, but not wholly (A100 kernels of ai-dynamo/aiconfigurator: 6.5 %)
///   experts   = touched(t) x We x bytes / ... + 2 k t We / ... + their tokens' traffic; touched = E (1 - (1 - k/E)^t)
///   head      = as linear, for the N / m sequences alone
///   states    = a state of each sequence in and out, where layers carry one, at the bandwidth of others
///   others    = traffic of norms, sums and activations, per token
///   decode    = max(KV bytes / (bandwidth x ekv), operations / (peak16 x ed))    of the context that is read
///   prefill   = max(KV bytes / ..., (pairs + ramp x tokens) x operations / (peak16 x ea))
///   links     = 2 L all-reduces of t x hidden x 2 bytes, for tp > 1: latency + min((tp - 1) / tp of it from each, or
///               a reduce-scatter and an all-gather)
///   layers    = L x latency of a layer's kernels
///   stage     = max(L x launch, linear + experts + head + others + decode + prefill + links + layers)
///   duration  = step overhead + N x sequence overhead + stages x stage + (stages - 1) x hop
///   energy    = min(static power x duration + J/byte x bytes + J/FLOP x (operations of decoding + prefill factor x
///               operations on prompts), board limit x duration)
///
/// With data-parallel attention over d ranks, the slowest rank decides about every layer. It has ceil(N / d) of the N
/// sequences that decode, of average context, and ceil(P / d) of the P sequences whose prompts are computed: T, N and
/// the context above are those of this rank. Routed experts are spread over E ranks. The experts that all T tokens of
/// the replica touch are read: each rank reads its part of them, and the rank with most tokens takes imbalance x k T /
/// E. A layer with experts has an exchange (ExpertExchange) and two of the engine's overheads in place of its second
/// all-reduce. Energy is that of the mean rank. Weights other than the routed experts' are on each rank, and each rank
/// reads them in every step.
///
/// With the tokens of sequences divided among c context ranks, the prompts' part of T above is a c-th, and so are the
/// pairs of prefill, whose tokens are dealt out so that each rank has as many pairs (as Megatron and vLLM do). A decoded
/// token is computed by all c ranks, each of which attends to a c-th of its context. With a split of keys and values
/// in s parts (kv_split), each accelerator reads an s-th of the context, for s times as many heads. ContextExchange has
/// the time of what is sent. A rank on several servers has the all-reduces of such a group (all_reduce_s).
///
/// Keys and values per token follow from the model's attention: grouped by KV heads, or one latent vector that all
/// heads read. With a latent vector, decode multiplies in the latent space, 2 heads (2 rank + rope) operations per pair
/// (arXiv 2405.04434, section 2.1), with efficiencies of its own; if no sequence is split, it takes at least the time
/// of its own tokens. Layers that read a window of the context, or the tokens that an index chooses, count by
/// AttendedContext. With an 8-bit KV cache the bytes are half. The engine's factors for such a cache then apply to
/// reads and to arithmetic; the energy of arithmetic stays that of 16 bits. Matrices have the formats that
/// Model::formats gives.
///
/// Every term is linear in the context that is read, or the larger of two linear terms, so a step's line has few
/// pieces. clock_ladder.hpp has the clocks. Under a cap, each step runs at the highest clock whose power stays within
/// the cap. platforms/CALIBRATION.md states the fits of the coefficients and their errors.
class Transformer final : public StepModel {
 public:
  /// Makes the model; copies what it needs of the entries. Throws Error when the accelerator lacks the precision.
  explicit Transformer(const TransformerSpec& spec);

  const AttendedContext& attended() const override { return attended_; }
  CostLine line(const StepShape& shape) const override;
  StepCost cost(const StepShape& shape, std::int64_t decode_context) const override;
  StepFloor floor() const override;

  StepParts parts(const StepShape& shape, std::int64_t decode_context) const;

 private:
  /// Rates for weights of one format.
  struct WeightRates {
    double s_per_weight = 0.0;  ///< seconds to read a weight
    double s_per_weight_token = 0.0;
    double j_per_weight_token = 0.0;
  };
  /// Weights of the groups relative to those of the mixers, by format: in bytes, or in joules of a product. The shares
  /// are 1 when all groups have one format.
  struct Shares {
    double mlps = 1.0;
    double experts = 1.0;
    double head = 1.0;
  };
  /// Seconds and joules per unit at one clock, on one accelerator of one stage.
  struct Rates {
    ClockPoint clock;
    WeightRates mixers;  ///< rates of attention and state layers
    WeightRates mlps;    ///< rates of dense MLPs and shared experts
    WeightRates experts;
    WeightRates head;
    double s_per_byte = 0.0;  ///< of all data except weights and keys
    double s_per_kv_byte = 0.0;
    double s_per_decode_read = 0.0;  ///< per unit of context
    double s_per_decode_pair = 0.0;  ///< per unit of context, for each token that attends to it
    double s_per_prefill_pair = 0.0;
    double j_per_byte = 0.0;
    double j_per_decode_read = 0.0;
    double j_per_decode_pair = 0.0;
    double j_per_prefill_pair = 0.0;
    double prefill_energy = 1.0;  ///< energy of an operation in prefill, relative to decode
    double static_w = 0.0;
    /// The mean number of weights in the layers that an accelerator multiplies a token of the replica with, each counted
    /// by its joules against those of a mixer's weight.
    double layer_products = 0.0;
    double rank_products = 0.0;  ///< the same without the routed experts, for a token that all context ranks compute
    double head_joules = 1.0;    ///< joules of a weight of the head against those of a mixer's weight
  };
  /// The numbers of parts into which work is divided.
  struct Degrees {
    double tensor = 1.0;
    double stages = 1.0;
    double ranks = 1.0;    ///< ranks of data-parallel attention
    double experts = 1.0;  ///< ranks that hold routed experts
    double imbalance = 1.0;
    double context = 1.0;      ///< ranks that divide a sequence's tokens
    double token_parts = 1.0;  ///< parts of the keys and values of a sequence
    double tensor_servers = 1.0;
  };
  /// Operations of attention for a token and a unit of context that it attends to.
  struct PairFlops {
    double decode = 0.0;
    double prefill = 0.0;
  };
  /// Weights by their bytes against those of a mixer's weight.
  struct ReadWeights {
    double without_experts = 0.0;  ///< what each step reads
    double expert_unit = 1.0;      ///< one weight of an expert
  };
  struct Network {
    double bytes_per_s = 0.0;
    double latency_s = 0.0;
    double ranks = 1.0;     ///< ranks of one replica that share it
    ExchangeLinks of_rank;  ///< the links among the accelerators of a rank
  };
  struct Tokens;
  struct Terms;

  WeightRates weight_rates(const TensorFormat& format, const ClockPoint& clock) const;
  WeightRates expert_rates(const ClockPoint& clock) const;
  Rates rates_at(const ClockPoint& clock) const;
  /// Seconds of the products of the layers' matrices with `tokens` tokens, without the routed experts.
  double layer_products_s(const Rates& rates, double tokens) const;
  double decode_s(const Rates& rates, double tokens) const;
  static double decode_j(const Rates& rates, double tokens) {
    return rates.j_per_decode_read + tokens * rates.j_per_decode_pair;
  }
  Tokens tokens_of(const StepShape& shape) const;
  double links_s(double tokens) const;
  double context_s(const StepShape& shape, const Tokens& tokens) const;
  double exchange_s(const Tokens& tokens, bool decode_only) const;
  double weight_bytes_read(double experts_touched) const;
  static double energy_tokens(const StepShape& shape, const Rates& rates);
  static Shares joules_shares(const Rates& rates);
  double launch_s(const StepShape& shape) const;
  Terms terms(const StepShape& shape, const Rates& rates) const;
  /// A step's cost without a limit of power, as functions of the context: that of its work, and that of its launches
  /// where launching takes time. The longer of the two counts.
  struct Unlimited {
    CostPiece working;
    std::optional<CostPiece> launching;
  };
  Unlimited unlimited(const StepShape& shape, const Rates& rates) const;
  PieceList pieces(const StepShape& shape, const Rates& rates, Power limit) const;

  // Steps under a cap or a clock limit; clocks are numbers in the ladder. The stock clock is the clock to which the
  // board limit itself holds a step. The efficiencies were measured at the stock clock, so slower clocks are taken
  // relative to it.
  std::size_t highest_clock(const StepShape& shape, std::int64_t context, std::size_t first, Power cap) const;
  std::size_t stock_clock(const StepShape& shape) const;
  std::size_t clock_for(const StepShape& shape, std::int64_t context, std::size_t stock) const;
  Rates slowed_rates(std::size_t stock, std::size_t clock) const;
  PieceList slowed_pieces(const StepShape& shape, std::size_t stock, std::size_t clock) const;
  CostLine limited_line(const StepShape& shape) const;

  Accelerator accelerator_;
  Model model_;
  Engine engine_;
  Precision precision_;
  TensorFormats formats_;
  AttendedContext attended_;
  Degrees degrees_;
  Network network_;
  ExpertExchange exchange_;
  ContextExchange context_exchange_;
  double latency_;  ///< factor of fixed times of the accelerator
  ModelWeights weights_;
  Power limit_;
  bool latent_ = false;       ///< attention reads one vector for all heads
  bool limited_ = false;      ///< true: there is a cap below the board limit, or a clock limit
  Power cap_;                 ///< the cap, or the board limit
  std::size_t highest_ = 0;   ///< the highest clock that the clock limit leaves
  std::vector<Rates> rates_;  ///< by clock, the highest first; only the highest without limits

  // The figures below are of one accelerator in one stage.
  double layers_ = 0.0;
  double mixer_weights_ = 0.0;
  double mlp_weights_ = 0.0;
  double state_bytes_ = 0.0;       ///< bytes of one sequence
  double layer_overhead_s_ = 0.0;  ///< overhead of one layer on an A100
  double expert_layers_ = 0.0;
  double expert_weights_ = 0.0;  ///< weights of one routed expert in all layers of the stage
  double head_weights_ = 0.0;
  ReadWeights read_;
  double elementwise_bytes_ = 0.0;  ///< bytes per token
  double expert_elementwise_bytes_ = 0.0;
  double kv_unit_bytes_ = 0.0;  ///< bytes of a unit of context
  PairFlops pair_flops_;
};

/// Makes a Transformer as a StepModel.
std::unique_ptr<StepModel> make_transformer(const TransformerSpec& spec);

}  // namespace idlewatt
