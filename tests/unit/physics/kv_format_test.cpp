// What a KV cache in 8 bits changes in the time and energy of a step.
#include <memory>

#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr StepShape kLongPrompt{.prefill_sequences = 1,
                                .prefill_tokens = 20'000,
                                .prefill_context = 20'000,
                                .prefill_attention = std::int64_t{20'000} * 20'001 / 2};

std::unique_ptr<Transformer> physics_of(const Accelerator& accelerator, const Model& model, const Engine& engine,
                                        KvFormat kv) {
  return std::make_unique<Transformer>(
      TransformerSpec{.accelerator = &accelerator, .model = &model, .engine = &engine, .kv = kv});
}

TEST_CASE("a KV cache in 8 bits halves what attention reads, by the rates of its kernels") {
  Engine engine = plain_engine();
  engine.eight_bit_kv_bandwidth_factor = figure(0.8);
  engine.eight_bit_kv_prefill_factor = figure(0.5);
  Accelerator fast = a100();
  fast.peak_flops.fill(figure(1e18));  // reads alone
  const auto of = [&](KvFormat kv, const Accelerator& accelerator) {
    return physics_of(accelerator, llama_8b(), engine, kv);
  };
  const auto last = [&](KvFormat kv) { return of(kv, fast)->line({.decode_sequences = 8}).pieces().back(); };
  const CostPiece sixteen = last(KvFormat::automatic);
  const CostPiece eight = last(KvFormat::fp8);
  CHECK(static_cast<double>(eight.duration_per_token) / 1e11 == Approx(65536.0 / (2.039e12 * 0.8 * 0.8)).epsilon(1e-3));
  CHECK(static_cast<double>(last(KvFormat::bf16).duration_per_token) ==
        static_cast<double>(sixteen.duration_per_token));
  // What moves costs half; what is multiplied costs the same. The static power of the shorter time comes off, too.
  const double static_j =
      fast.busy_static_w.value * static_cast<double>(sixteen.duration_per_token - eight.duration_per_token) / 1e11;
  const double moved_j = 65536.0 * fast.joules_per_byte.value;
  const auto less_fj = static_cast<double>(sixteen.energy_per_token_fj - eight.energy_per_token_fj);
  CHECK(less_fj / 1e15 == Approx(moved_j + static_j).epsilon(1e-3));
  // A long prompt's attention is arithmetic.
  const auto attention_s = [&](KvFormat kv) { return of(kv, a100())->parts(kLongPrompt, 0).attention_s; };
  CHECK(attention_s(KvFormat::fp8) == Approx(2.0 * attention_s(KvFormat::automatic)));
}

TEST_CASE("latents in 8 bits have factors of their own") {
  Engine engine = plain_engine();
  engine.eight_bit_latent_bandwidth_factor = figure(0.8);
  engine.eight_bit_latent_compute_factor = figure(1.6);
  Model latent = llama_8b();
  latent.latent = LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128};
  const auto slope = [&](double peak, KvFormat kv) {
    Accelerator accelerator = a100();
    accelerator.peak_flops.fill(figure(peak));
    const auto model = physics_of(accelerator, latent, engine, kv);
    return static_cast<double>(model->line({.decode_sequences = 1}).pieces().back().duration_per_token);
  };
  CHECK(slope(1e18, KvFormat::fp8) == Approx(slope(1e18, KvFormat::automatic) / 2.0 / 0.8).epsilon(1e-3));
  CHECK(slope(10e12, KvFormat::fp8) == Approx(slope(10e12, KvFormat::automatic) / 1.6).epsilon(1e-3));
}

}  // namespace
}  // namespace idlewatt
