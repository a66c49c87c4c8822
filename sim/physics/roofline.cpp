#include "physics/roofline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "units/error.hpp"

namespace idlewatt {
namespace {

constexpr double kTicks = static_cast<double>(kTicksPerSecond);
constexpr double kFemto = 1e15;
constexpr int128_t kMostContext = 1'000'000'000'000'000;  // more tokens than any memory holds

double required(const std::optional<Figure>& figure, const Accelerator& accelerator, Precision precision) {
  if (!figure) {
    throw Error(accelerator.name + " has no " + to_string(precision));
  }
  return figure->value;
}

/// duration and energy as straight lines of the context, in floating point seconds and joules.
struct Line {
  double at_zero = 0.0;
  double per_token = 0.0;
};

/// At most two pieces: below and above the context at which the board limit begins or ceases to bind.
struct Pieces {
  std::array<CostPiece, 2> piece;
  std::size_t count = 1;
};

CostPiece rounded(const Line& duration_s, const Line& energy_j) {
  CostPiece piece;
  piece.duration_at_zero = std::max<Ticks>(1, std::llround(duration_s.at_zero * kTicks));
  piece.duration_per_token = std::llround(duration_s.per_token * kTicks);
  piece.energy_at_zero_fj = Energy::from_j(energy_j.at_zero).fj;
  piece.energy_per_token_fj = std::llround(energy_j.per_token * kFemto);
  return piece;
}

class Roofline final : public StepModel {
 public:
  Roofline(const Accelerator& accelerator, const Model& model, const Engine& engine, Precision precision, int tp)
      : static_w_(accelerator.idle_loaded_w.value),
        limit_(Power::from_w(accelerator.board_limit_w.value)),
        step_overhead_s_(engine.step_overhead_s.value),
        sequence_overhead_s_(engine.sequence_overhead_s.value),
        weight_bytes_(model.weight_bytes(precision) * model.active_parameters.value / model.parameters.value / tp),
        kv_token_bytes_(model.kv_bytes_per_token() / tp),
        linear_token_flops_(2.0 * model.active_parameters.value / tp),
        attention_pair_flops_(4.0 * model.layers * model.heads * model.head_dim / tp),
        s_per_byte_(1.0 / (accelerator.memory_bandwidth_bytes_per_s.value * engine.bandwidth_efficiency.value)),
        s_per_linear_flop_(
            1.0 / (required(accelerator.peak(precision), accelerator, precision) * engine.compute_efficiency.value)),
        s_per_attention_flop_(1.0 / (required(accelerator.peak(Precision::fp16), accelerator, Precision::fp16) *
                                     engine.compute_efficiency.value)),
        j_per_byte_(accelerator.joules_per_byte.value),
        j_per_linear_flop_(required(accelerator.flop_energy(precision), accelerator, precision)),
        j_per_attention_flop_(required(accelerator.flop_energy(Precision::fp16), accelerator, Precision::fp16)) {
    if (tp > 1) {
      const double all_reduces = 2.0 * model.layers;
      link_fixed_s_ = all_reduces * accelerator.link_latency_s.value;
      link_token_s_ =
          all_reduces * 2.0 * (tp - 1) / tp * model.hidden * kKvElementBytes / accelerator.link_bytes_per_s.value;
    }
  }

  CostLine line(const StepShape& shape) const override {
    const Pieces result = pieces(shape);
    return CostLine(std::vector<CostPiece>(result.piece.begin(), result.piece.begin() + result.count));
  }

  StepCost cost(const StepShape& shape, std::int64_t decode_context) const override {
    const Pieces result = pieces(shape);
    const bool second = result.count == 2 && decode_context >= result.piece[1].from_context;
    return result.piece[second ? 1 : 0].at(decode_context);
  }

  StepFloor floor() const override {
    // Durations are rounded to ticks, per token of context and once a step: the floor takes what rounding may take
    // away.
    const double context_s = std::max(kv_token_bytes_ * s_per_byte_, attention_pair_flops_ * s_per_attention_flop_);
    return {.step_s = std::max(0.0, step_overhead_s_ + link_fixed_s_ - 1.0 / kTicks),
            .sequence_s = sequence_overhead_s_,
            .weights_s = weight_bytes_ * s_per_byte_,
            .token_s = linear_token_flops_ * s_per_linear_flop_,
            .decode_context_s = std::floor(context_s * kTicks) / kTicks,
            .prefill_pair_s = attention_pair_flops_ * s_per_attention_flop_,
            .weights_j = weight_bytes_ * j_per_byte_,
            .token_j = linear_token_flops_ * j_per_linear_flop_,
            .decode_context_j = kv_token_bytes_ * j_per_byte_ + attention_pair_flops_ * j_per_attention_flop_,
            .prefill_pair_j = attention_pair_flops_ * j_per_attention_flop_,
            .static_w = static_w_,
            .limit_w = limit_.w()};
  }

 private:
  Pieces pieces(const StepShape& shape) const {
    const double tokens = static_cast<double>(shape.decode_sequences + shape.prefill_tokens);
    const double linear_flops = linear_token_flops_ * tokens;
    const double linear_s = std::max(weight_bytes_ * s_per_byte_, linear_flops * s_per_linear_flop_);

    const double prefill_bytes = kv_token_bytes_ * static_cast<double>(shape.prefill_context);
    const double prefill_flops = attention_pair_flops_ * static_cast<double>(shape.prefill_attention);
    const double prefill_s = std::max(prefill_bytes * s_per_byte_, prefill_flops * s_per_attention_flop_);

    const double overhead_s =
        step_overhead_s_ + sequence_overhead_s_ * (shape.decode_sequences + shape.prefill_sequences);
    const double links_s = link_fixed_s_ + link_token_s_ * tokens;

    const Line duration_s{overhead_s + linear_s + prefill_s + links_s,
                          std::max(kv_token_bytes_ * s_per_byte_, attention_pair_flops_ * s_per_attention_flop_)};
    const Line energy_j{static_w_ * duration_s.at_zero + j_per_byte_ * (weight_bytes_ + prefill_bytes) +
                            j_per_linear_flop_ * linear_flops + j_per_attention_flop_ * prefill_flops,
                        static_w_ * duration_s.per_token + j_per_byte_ * kv_token_bytes_ +
                            j_per_attention_flop_ * attention_pair_flops_};
    return limited(duration_s, energy_j);
  }

  /// The board limit: energy never above limit x duration, to the femtojoule, for both are taken after rounding. Two
  /// lines cross at most once.
  Pieces limited(const Line& duration_s, const Line& energy_j) const {
    const CostPiece free = rounded(duration_s, energy_j);
    CostPiece most = free;
    most.energy_at_zero_fj = static_cast<int128_t>(limit_.tenth_mw) * free.duration_at_zero;
    most.energy_per_token_fj = limit_.tenth_mw * free.duration_per_token;
    const int128_t excess = free.energy_at_zero_fj - most.energy_at_zero_fj;
    const std::int64_t growth = free.energy_per_token_fj - most.energy_per_token_fj;
    const bool binds_at_zero = excess > 0;
    Pieces result;
    result.piece[0] = binds_at_zero ? most : free;
    if (binds_at_zero ? growth < 0 : growth > 0) {
      // The first context with excess + growth x context <= 0, or > 0.
      const int128_t from = binds_at_zero ? (excess - growth - 1) / -growth : -excess / growth + 1;
      if (from < kMostContext) {
        result.piece[1] = binds_at_zero ? free : most;
        result.piece[1].from_context = static_cast<std::int64_t>(from);
        result.count = 2;
      }
    }
    return result;
  }

  double static_w_;
  Power limit_;
  double step_overhead_s_;
  double sequence_overhead_s_;
  double weight_bytes_;
  double kv_token_bytes_;
  double linear_token_flops_;
  double attention_pair_flops_;
  double s_per_byte_;
  double s_per_linear_flop_;
  double s_per_attention_flop_;
  double j_per_byte_;
  double j_per_linear_flop_;
  double j_per_attention_flop_;
  double link_fixed_s_ = 0.0;
  double link_token_s_ = 0.0;
};

}  // namespace

std::unique_ptr<StepModel> make_roofline(const Accelerator& accelerator, const Model& model, const Engine& engine,
                                         Precision precision, int tensor_parallel) {
  return std::make_unique<Roofline>(accelerator, model, engine, precision, tensor_parallel);
}

}  // namespace idlewatt
