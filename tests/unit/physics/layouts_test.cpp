// Steps and memory of replicas whose experts are spread over accelerators, and whose attention is parallel by data.
#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "catalog/model_weights.hpp"
#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"
#include "support/server_of_eight.hpp"

namespace idlewatt {
namespace {

Model mixture() {
  Model model = llama_8b();
  model.mixture = ExpertMixture{
      .experts = 64, .experts_per_token = 4, .shared_experts = 1, .intermediate = 2048, .dense_layers = 2};
  model.parameters = figure(model_weights(model).total());
  return model;
}

double seconds(const Transformer& model, const StepShape& shape, std::int64_t context = 0) {
  return to_seconds(model.cost(shape, context).duration);
}

TEST_CASE("a step takes the slowest rank's share of the sequences, by hand") {
  const Model model = mixture();
  const Transformer two = on_servers_of_eight(model, {.data_attention = 2, .expert = 2});
  const ModelWeights w = model_weights(model);
  // Three sequences of 400 tokens: one rank has two of them. 2 bytes a weight; half of the touched experts' are read.
  const double bandwidth = 2.039e12 * 0.8;
  const double peak = 312e12 * 0.6;
  const auto product_s = [&](double weights, double tokens) {
    return std::hypot(2.0 * weights / bandwidth, 2.0 * weights * tokens / peak);
  };
  const double experts_s =
      30.0 * w.expert * (w.experts_touched(3.0) / 2.0 * 2.0 / (bandwidth * 0.8) + 4.0 * 1.5 * 2.0 / (peak * 0.6));
  const ExpertExchange exchange(model, Precision::bf16, {.data_attention = 2, .expert = 2},
                                {.link_bytes_per_s = 300e9, .server_accelerators = 8});
  const double expected_s = 2e-3 + 2.0 * 50e-6 + product_s(w.mixers() + w.mlps() + w.router, 2.0) +
                            product_s(w.head, 2.0) + experts_s + 800.0 * 131072.0 / bandwidth +
                            30.0 * exchange.seconds(2.0, true);
  CHECK(seconds(two, {.decode_sequences = 3}, 1200) == Approx(expected_s).epsilon(1e-6));
  CHECK(two.parts({.decode_sequences = 3}, 1200).links_s == Approx(30.0 * exchange.seconds(2.0, true)));
}

TEST_CASE("one prompt is computed by one rank, two by two") {
  const Model model = mixture();
  const Transformer one = on_servers_of_eight(model, {});
  const Transformer two = on_servers_of_eight(model, {.data_attention = 2, .expert = 2});
  const auto prompts = [](int count) {
    StepShape shape;
    for (int i = 0; i < count; ++i) {
      shape.add_chunk({}, 0, 2048);
    }
    return shape;
  };
  CHECK(two.parts(prompts(1), 0).attention_s == Approx(one.parts(prompts(1), 0).attention_s));
  CHECK(two.parts(prompts(2), 0).attention_s == Approx(one.parts(prompts(1), 0).attention_s));
  CHECK(two.parts(prompts(3), 0).attention_s == Approx(one.parts(prompts(2), 0).attention_s));
}

TEST_CASE("whole experts on each of two accelerators cost what half of each expert costs") {
  const Model model = mixture();
  const Transformer halves = on_servers_of_eight(model, {.tensor = 2});
  const Transformer wholes = on_servers_of_eight(model, {.tensor = 2, .expert = 2});
  for (const int batch : {1, 7, 64}) {
    const StepCost half = halves.cost({.decode_sequences = batch}, 1000);
    const StepCost whole = wholes.cost({.decode_sequences = batch}, 1000);
    CHECK(to_seconds(whole.duration) == Approx(to_seconds(half.duration)).epsilon(1e-9));
    CHECK(whole.energy.j() == Approx(half.energy.j()).epsilon(1e-9));
  }
}

TEST_CASE("imbalance lengthens the experts' part alone") {
  const Model model = mixture();
  const StepShape shape{.decode_sequences = 64};
  const StepParts even = on_servers_of_eight(model, {.tensor = 4, .expert = 4}).parts(shape, 1000);
  const StepParts uneven =
      on_servers_of_eight(model, {.tensor = 4, .expert = 4, .expert_imbalance = 2.0}).parts(shape, 1000);
  CHECK(uneven.linear_s > even.linear_s);
  CHECK(uneven.attention_s == even.attention_s);
  // The fuller rank reads more of its experts, but no more than all, and multiplies twice as many tokens.
  CHECK(uneven.linear_s < 2.0 * even.linear_s);
  // More copies of experts to read, each touched by fewer tokens.
  const StepParts more =
      on_servers_of_eight(model, {.tensor = 4, .expert = 4, .redundant_experts = 16}).parts(shape, 1000);
  CHECK(more.linear_s > even.linear_s);
}

TEST_CASE("ranks share the reads of keys and values, and their energy") {
  Accelerator cheap = a100();
  cheap.busy_static_w = figure(0);
  const Model model = mixture();
  const Transformer one = on_servers_of_eight(model, {}, cheap);
  for (const int ranks : {2, 4}) {
    const Transformer many = on_servers_of_eight(model, {.data_attention = ranks, .expert = ranks}, cheap);
    const StepShape shape{.decode_sequences = 8};
    const auto kv_j = [&](const Transformer& physics) {
      return physics.cost(shape, 100'000).energy.j() - physics.cost(shape, 0).energy.j();
    };
    CHECK(ranks * kv_j(many) == Approx(kv_j(one)).epsilon(1e-6));
    CHECK(many.parts(shape, 100'000).attention_s == Approx(one.parts(shape, 100'000).attention_s / ranks));
  }
}

TEST_CASE("no step of any layout goes below the floor, and each is its line") {
  const Model model = mixture();
  RandomStream random(1, "layouts");
  const auto up_to = [&](double most) { return static_cast<std::int64_t>(random.uniform() * most); };
  for (const Parallelism& parallel :
       {Parallelism{.data_attention = 2, .expert = 2}, Parallelism{.tensor = 2, .data_attention = 4, .expert = 8},
        Parallelism{.tensor = 2, .data_attention = 4, .expert = 2}, Parallelism{.data_attention = 8},
        Parallelism{.tensor = 4, .pipeline = 2, .data_attention = 4, .expert = 16, .expert_imbalance = 1.5},
        Parallelism{.context = 4}, Parallelism{.tensor = 2, .data_attention = 2, .expert = 16, .context = 4},
        Parallelism{.tensor = 16, .pipeline = 2, .kv_split = 2, .tensor_servers = 2}}) {
    const Transformer physics_of = on_servers_of_eight(model, parallel);
    const StepFloor floor = physics_of.floor();
    for (int i = 0; i < 500; ++i) {
      StepShape shape{.decode_sequences = static_cast<std::int32_t>(1 + up_to(random.uniform() < 0.3 ? 8 : 512))};
      for (std::int64_t chunks = up_to(4); chunks > 0; --chunks) {
        shape.add_chunk(physics_of.attended(), up_to(1000), 1 + up_to(3000));
      }
      const std::int64_t context = shape.decode_sequences * (1 + up_to(8000));
      const StepCost cost = physics_of.cost(shape, context);
      REQUIRE(physics_of.line(shape).at(context) == cost);
      const double n = shape.decode_sequences;
      const auto p = static_cast<double>(shape.prefill_tokens);
      const auto c = static_cast<double>(context);
      const auto pairs = static_cast<double>(shape.prefill_attention);
      const double least_s = floor.step_s + n * floor.sequence_s + std::max(floor.weights_s, (n + p) * floor.token_s) +
                             c * floor.decode_context_s + pairs * floor.prefill_pair_s;
      REQUIRE(to_seconds(cost.duration) >= least_s - 1e-10);
      const double least_j = floor.static_w * least_s + floor.weights_j + n * floor.token_j + p * floor.prompt_token_j +
                             c * floor.decode_context_j + pairs * floor.prefill_pair_j;
      REQUIRE(cost.energy.j() >= std::min(least_j, floor.limit_w * least_s) * (1.0 - 1e-9));
    }
  }
}

TEST_CASE("each rank holds all weights but the routed experts', and the blocks of its sequences, by hand") {
  const Model model = mixture();
  const ModelWeights w = model_weights(model);
  const Parallelism four{.data_attention = 4, .expert = 4};
  const MemoryPlan plan = memory_plan(a100(), model, plain_engine(), Precision::bf16, four);
  CHECK(plan.weight_bytes == Approx(2.0 * (w.total() - w.routed()) + 2.0 * w.routed() / 4.0));
  const MemoryPlan alone = memory_plan(a100(), model, plain_engine(), Precision::bf16, {});
  CHECK(alone.weight_bytes == Approx(2.0 * w.total()));
  CHECK(plan.kv_blocks == 4 * static_cast<std::int64_t>((72e9 - 2e9 - plan.weight_bytes) / 2097152.0));
  // 16 second copies to 64 experts.
  const Parallelism redundant{.data_attention = 4, .expert = 4, .redundant_experts = 16};
  CHECK(memory_plan(a100(), model, plain_engine(), Precision::bf16, redundant).weight_bytes ==
        Approx(2.0 * (w.total() - w.routed()) + 2.0 * w.routed() * 80.0 / 64.0 / 4.0));
  // Over tensor ranks the layout of the experts does not change what each accelerator holds.
  CHECK(memory_plan(a100(), model, plain_engine(), Precision::bf16, {.tensor = 4, .expert = 4}).weight_bytes ==
        memory_plan(a100(), model, plain_engine(), Precision::bf16, {.tensor = 4}).weight_bytes);
}

TEST_CASE("attention by data keeps one copy of a latent vector, tensor parallelism one on each accelerator") {
  Model latent = mixture();
  latent.latent = LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128};
  latent.parameters = figure(model_weights(latent).total());
  const double token_bytes = 32.0 * 576.0 * 2.0;
  for (const int ranks : {2, 4, 8}) {
    const MemoryPlan by_data =
        memory_plan(a100(), latent, plain_engine(), Precision::bf16, {.data_attention = ranks, .expert = ranks});
    const MemoryPlan by_heads = memory_plan(a100(), latent, plain_engine(), Precision::bf16, {.tensor = ranks});
    CHECK(by_data.kv_blocks == ranks * static_cast<std::int64_t>(by_data.kv_bytes / token_bytes / 16.0));
    CHECK(by_heads.kv_blocks == static_cast<std::int64_t>(by_heads.kv_bytes / token_bytes / 16.0));
  }
}

TEST_CASE("tensor parallelism beyond the KV heads repeats them") {
  // 8 KV heads of 128 in 32 layers, keys and values of 2 bytes.
  CHECK(llama_8b().kv_bytes_per_token(8) == Approx(32.0 * 2.0 * 128.0 * 2.0));
  CHECK(llama_8b().kv_bytes_per_token(16) == llama_8b().kv_bytes_per_token(8));
  CHECK(llama_8b().kv_bytes_per_token(32) == llama_8b().kv_bytes_per_token(8));
}

}  // namespace
}  // namespace idlewatt
