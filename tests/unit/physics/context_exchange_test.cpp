// Tokens of a sequence over several accelerators: what is sent, step costs and memory, by hand.
#include "physics/context_exchange.hpp"

#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"
#include "support/server_of_eight.hpp"

namespace idlewatt {
namespace {

ExchangeLinks links_of(int server_accelerators) {
  return {.link_bytes_per_s = 300e9,
          .network_bytes_per_s = 50e9,
          .network_latency_s = 15e-6,
          .server_accelerators = server_accelerators};
}

StepShape prompt(std::int64_t computed, std::int64_t tokens) {
  StepShape shape;
  shape.add_chunk({}, computed, tokens);
  return shape;
}

Model latent_8b() {
  Model model = llama_8b();
  model.latent = LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128};
  return model;
}

// 8 KV heads of 128 elements of 2 bytes, keys and values, in a layer.
constexpr double kLayerTokenBytes = 8.0 * 128.0 * 2.0 * 2.0;

TEST_CASE("context ranks gather the keys and values of a prompt, by hand") {
  const ContextExchange four(llama_8b(), KvFormat::automatic, {.context = 4}, links_of(8));
  CHECK(four.prefill_s(1000, 0) == Approx(0.75 * 1000 * kLayerTokenBytes / 300e9));
  CHECK(four.prefill_s(1000, 3000) == Approx(0.75 * 4000 * kLayerTokenBytes / 300e9));
  CHECK(four.prefill_collectives() == 1.0);
  // Ranks of two accelerators hold half of the heads each.
  const ContextExchange pairs(llama_8b(), KvFormat::automatic, {.tensor = 2, .context = 4}, links_of(8));
  CHECK(pairs.prefill_s(1000, 0) == Approx(four.prefill_s(1000, 0) / 2.0));
  // Two of four ranks are on another server.
  const ContextExchange apart(llama_8b(), KvFormat::automatic, {.context = 4}, links_of(2));
  CHECK(apart.prefill_s(1000, 0) == Approx(15e-6 + 0.5 * 1000 * kLayerTokenBytes / 50e9));
}

TEST_CASE("context ranks add up the outputs of decoded tokens, by hand") {
  const ContextExchange four(llama_8b(), KvFormat::automatic, {.context = 4}, links_of(8));
  // 32 heads of 128 elements of 2 bytes and a log-sum-exp of 4 bytes: a reduce-scatter and an all-gather.
  CHECK(four.decode_s(10) == Approx(2.0 * 0.75 * 10 * 32.0 * 260.0 / 300e9));
  CHECK(four.decode_collectives() == 2.0);
}

TEST_CASE("accelerators that split keys and values gather queries and scatter outputs, by hand") {
  // Of 16 accelerators two hold the same KV head; each has two query heads.
  const ContextExchange two(llama_8b(), KvFormat::automatic, {.tensor = 16, .kv_split = 2, .tensor_servers = 2},
                            links_of(8));
  CHECK(two.decode_s(10) == Approx(0.5 * 10 * 2.0 * 2.0 * (256.0 + 260.0) / 300e9));
  CHECK(two.decode_collectives() == 3.0);
  CHECK(two.prefill_s(1000, 0) == 0.0);
  CHECK(two.prefill_s(1000, 3000) == Approx(0.5 * 3000 * 2.0 * 128.0 * 2.0 / 300e9));
  // A latent vector: queries of 576 elements and outputs of 512 in the latent space, of 4 heads, by 8 accelerators.
  const ContextExchange latent(latent_8b(), KvFormat::automatic, {.tensor = 8, .kv_split = 8}, links_of(8));
  CHECK(latent.decode_s(10) == Approx(7.0 / 8.0 * 10 * 8.0 * 4.0 * (1152.0 + 1028.0) / 300e9));
}

TEST_CASE("accelerators that hold the same keys and values can split them") {
  CHECK(kv_copies(llama_8b(), 8) == 1);
  CHECK(kv_copies(llama_8b(), 16) == 2);
  CHECK(kv_copies(llama_8b(), 4) == 1);
  CHECK(kv_copies(latent_8b(), 8) == 8);
  CHECK(tokens_divide(llama_8b()));
  CHECK(tokens_divide(latent_8b()));
  Model windowed = llama_8b();
  const Attention attention{.heads = 32, .kv_heads = 8, .head_dim = 128, .window = 1024};
  windowed.kinds = {{.count = 32, .attention = attention, .intermediate = 14336}};
  CHECK_FALSE(tokens_divide(windowed));
  Model stateful = llama_8b();
  Attention whole = attention;
  whole.window = 0;
  stateful.kinds = {{.count = 16, .attention = whole, .intermediate = 14336},
                    {.count = 16, .state = StateLayer{.weights = 1000, .recurrent = 100}, .intermediate = 14336}};
  CHECK_FALSE(tokens_divide(stateful));
}

TEST_CASE("four context ranks attend to a prompt in a quarter of the time, and multiply a quarter of its tokens") {
  const Model model = llama_8b();
  const StepParts one = on_servers_of_eight(model, {}).parts(prompt(0, 8192), 0);
  const StepParts quarter = on_servers_of_eight(model, {}).parts(prompt(0, 2048), 0);
  const StepParts four = on_servers_of_eight(model, {.context = 4}).parts(prompt(0, 8192), 0);
  CHECK(four.attention_s == Approx(one.attention_s / 4.0));
  CHECK(four.linear_s == Approx(quarter.linear_s));
  const double gathered_s = 32.0 * 0.75 * 8192.0 * kLayerTokenBytes / 300e9;
  const double latencies_s = 32.0 * 5e-6;
  CHECK(four.links_s == Approx(gathered_s + latencies_s));
  // A chunk after others gathers their keys and values again.
  const StepParts later = on_servers_of_eight(model, {.context = 4}).parts(prompt(8192, 8192), 0);
  CHECK(later.links_s == Approx(2.0 * gathered_s + latencies_s));
}

TEST_CASE("context ranks read a part of the context each, and multiply every decoded token") {
  const Model model = llama_8b();
  const StepShape shape{.decode_sequences = 8};
  const StepParts one = on_servers_of_eight(model, {}).parts(shape, 400'000);
  const StepParts four = on_servers_of_eight(model, {.context = 4}).parts(shape, 400'000);
  CHECK(four.attention_s == Approx(one.attention_s / 4.0));
  CHECK(four.linear_s == Approx(one.linear_s));
  CHECK(four.links_s > 0.0);
}

TEST_CASE("split keys and values are read in parts, repeated ones are read by all") {
  const Model model = latent_8b();
  const StepShape shape{.decode_sequences = 8};
  Accelerator cheap = a100();
  cheap.busy_static_w = figure(0);
  const Engine engine = plain_engine();
  const auto joules = [&](const Parallelism& parallel, std::int64_t context) {
    return Transformer({.accelerator = &cheap, .model = &model, .engine = &engine, .parallel = parallel})
        .cost(shape, context)
        .energy.j();
  };
  const auto of_context = [&](const Parallelism& parallel) { return joules(parallel, 400'000) - joules(parallel, 0); };
  const double repeated = of_context({.tensor = 8});
  const double split = of_context({.tensor = 8, .kv_split = 8});
  // Joules of the reads, an eighth; those of the arithmetic are the same.
  const double token_bytes = 32.0 * 576.0 * 2.0;
  CHECK(repeated - split == Approx(7.0 / 8.0 * 400'000 * token_bytes * cheap.joules_per_byte.value).epsilon(1e-6));
}

TEST_CASE("tokens that are divided leave room for more of them, by hand") {
  const auto plan = [](const Model& model, const Parallelism& parallel) {
    return memory_plan(a100(), model, plain_engine(), Precision::bf16, parallel);
  };
  const MemoryPlan one = plan(llama_8b(), {});
  const MemoryPlan four = plan(llama_8b(), {.context = 4});
  CHECK(four.weight_bytes == one.weight_bytes);
  CHECK(four.kv_blocks == static_cast<std::int64_t>(4.0 * one.kv_bytes / (16.0 * 32.0 * kLayerTokenBytes)));
  CHECK(four.rank_blocks == four.kv_blocks);
  const MemoryPlan both = plan(llama_8b(), {.data_attention = 2, .context = 4});
  CHECK(both.kv_blocks == 2 * both.rank_blocks);
  const MemoryPlan repeated = plan(latent_8b(), {.tensor = 8});
  const MemoryPlan split = plan(latent_8b(), {.tensor = 8, .kv_split = 8});
  CHECK(split.kv_blocks >= 8 * repeated.kv_blocks);
  CHECK(split.kv_blocks < 8 * (repeated.kv_blocks + 1));
}

TEST_CASE("a rank on two servers adds up over the network") {
  const Model model = llama_8b();
  const StepParts here = on_servers_of_eight(model, {.tensor = 8}).parts(prompt(0, 8192), 0);
  const StepParts apart = on_servers_of_eight(model, {.tensor = 16, .tensor_servers = 2}).parts(prompt(0, 8192), 0);
  const double bytes = 8192.0 * 4096.0 * 2.0;
  // 64 all-reduces; each accelerator's eighth goes over its share of 50 GB/s.
  CHECK(apart.links_s == Approx(here.links_s + 64.0 * (2.0 * 10e-6 + bytes / 8.0 / 50e9)));
  CHECK(apart.attention_s == Approx(here.attention_s / 2.0));
}

}  // namespace
}  // namespace idlewatt
