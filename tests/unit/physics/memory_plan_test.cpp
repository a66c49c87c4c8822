#include "physics/memory_plan.hpp"

#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("KV blocks are what weights and reserve leave, by hand") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1});
  CHECK(plan.usable_bytes == Approx(72e9));
  CHECK(plan.weight_bytes == Approx(16.06e9));
  CHECK(plan.reserve_bytes == Approx(2e9));
  CHECK(plan.kv_bytes == Approx(53.94e9));
  // 2 x 32 layers x 8 heads x 128 x 2 bytes = 131072 bytes a token, 2097152 a block: 25720.6 of them.
  CHECK(plan.kv_blocks == 25720);
  CHECK(plan.fits());
}

TEST_CASE("two accelerators share weights and blocks") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 2});
  CHECK(plan.weight_bytes == Approx(8.03e9));
  CHECK(plan.kv_bytes == Approx(61.97e9));
  CHECK(plan.kv_blocks == 59099);  // 61.97e9 / 1048576
}

TEST_CASE("int8 halves the weights but for embedding and head, and leaves the KV cache as it is") {
  const MemoryPlan plan = memory_plan(a100(), llama_8b(), plain_engine(), Precision::int8, {.tensor = 1});
  CHECK(plan.weight_bytes == Approx(8.03e9 + 2.0 * 4096.0 * 128256.0));
  CHECK(plan.kv_blocks == 29048);  // 60.919e9 / 2097152
}

TEST_CASE("a KV cache in 8 bits has twice the blocks, and latents and drafts are kept in it too") {
  const auto plan = [](const Model& model, KvFormat kv, const Model* draft = nullptr) {
    return memory_plan(a100(), model, plain_engine(), Precision::bf16, {.tensor = 1}, {.draft = draft, .kv = kv});
  };
  const Model model = llama_8b();
  const MemoryPlan sixteen = plan(model, KvFormat::automatic);
  const MemoryPlan eight = plan(model, KvFormat::fp8);
  CHECK(eight.kv_bytes == sixteen.kv_bytes);
  CHECK(eight.kv_blocks == 51441);  // 53.94e9 / 1048576
  CHECK(plan(model, KvFormat::int8).kv_blocks == eight.kv_blocks);
  CHECK(plan(model, KvFormat::bf16).kv_blocks == sixteen.kv_blocks);
  Model latent = model;
  latent.latent = LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128};
  CHECK(plan(latent, KvFormat::fp8).kv_blocks == static_cast<std::int64_t>(53.94e9 / (16 * 32 * 576)));
  const std::int64_t both = plan(model, KvFormat::automatic, &model).kv_blocks;
  CHECK(plan(model, KvFormat::fp8, &model).kv_blocks >= 2 * both);
  CHECK(plan(model, KvFormat::fp8, &model).kv_blocks <= 2 * both + 1);
}

TEST_CASE("the share of memory is the engine's where nobody says another") {
  const auto plan = [](std::optional<double> share) {
    return memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1}, {.utilisation = share});
  };
  CHECK(plan(std::nullopt).usable_bytes == Approx(0.9 * 80e9));
  CHECK(plan(0.5).usable_bytes == Approx(0.5 * 80e9));
  CHECK(plan(0.5).kv_bytes == Approx(plan(std::nullopt).kv_bytes - 0.4 * 80e9));
  CHECK_FALSE(plan(0.2).fits());
}

TEST_CASE("memory is kept for the largest step, the engine's or another") {
  Engine engine = plain_engine();
  engine.profile_tokens = figure(1000);
  engine.profile_sequences = figure(10);
  const auto kept = [&](std::optional<BatchLimits> step) {
    return memory_plan(a100(), llama_8b(), engine, Precision::bf16, {.tensor = 1}, {.largest_step = step})
        .activation_bytes;
  };
  CHECK(kept(std::nullopt) == Approx(1000.0 * (3.0 * 4096 + 3.0 * 14336) * 2.0 + 10.0 * 128256 * 8.0));
  CHECK(kept(BatchLimits{2000, 20}) == Approx(2.0 * kept(std::nullopt)));
}

TEST_CASE("a model that is too large has no blocks") {
  Accelerator small = a100();
  small.memory_bytes = figure(16e9);
  const MemoryPlan plan = memory_plan(small, llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1});
  CHECK(plan.kv_bytes < 0.0);
  CHECK(plan.kv_blocks == 0);
  CHECK_FALSE(plan.fits());
}

}  // namespace
}  // namespace idlewatt
