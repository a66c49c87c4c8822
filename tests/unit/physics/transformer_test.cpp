// What the physics of a transformer must do whatever its numbers are.
#include "physics/transformer.hpp"

#include <cmath>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kContext = 500;

std::unique_ptr<Transformer> physics_of(const Accelerator& accelerator, const Model& model, const Engine& engine,
                                        Precision precision = Precision::bf16, int tensor_parallel = 1,
                                        TransformerSpec extra = {}) {
  extra.accelerator = &accelerator;
  extra.model = &model;
  extra.engine = &engine;
  extra.precision = precision;
  extra.parallel.tensor = tensor_parallel;
  return std::make_unique<Transformer>(extra);
}

std::unique_ptr<Transformer> physics(int tensor_parallel = 1, Precision precision = Precision::bf16,
                                     const TransformerSpec& extra = {}) {
  return physics_of(a100(), llama_8b(), plain_engine(), precision, tensor_parallel, extra);
}

/// One prompt of `tokens` tokens, in one chunk.
StepShape prompt_of(std::int64_t tokens) {
  return {.prefill_sequences = 1,
          .prefill_tokens = tokens,
          .prefill_context = tokens,
          .prefill_attention = tokens * (tokens + 1) / 2};
}

struct RandomStep {
  StepShape shape;
  std::int64_t context = 0;
};

/// Decode, prefill and mixed steps, of one token to some ten thousands.
std::vector<RandomStep> random_steps() {
  RandomStream random(1, "transformer steps");
  std::vector<RandomStep> steps;
  while (steps.size() < 2000) {
    RandomStep step;
    const auto up_to = [&](double most) { return static_cast<std::int64_t>(random.uniform() * most); };
    if (random.uniform() < 0.7) {
      step.shape.decode_sequences = static_cast<std::int32_t>(1 + up_to(256));
      step.context = step.shape.decode_sequences * (1 + up_to(random.uniform() < 0.5 ? 200.0 : 8000.0));
    }
    if (step.shape.decode_sequences == 0 || random.uniform() < 0.5) {
      const StepShape prompt = prompt_of(1 + up_to(random.uniform() < 0.5 ? 100.0 : 20'000.0));
      step.shape.prefill_sequences = 1;
      step.shape.prefill_tokens = prompt.prefill_tokens;
      step.shape.prefill_context = prompt.prefill_context;
      step.shape.prefill_attention = prompt.prefill_attention;
    }
    steps.push_back(step);
  }
  return steps;
}

double seconds(const StepModel& model, const StepShape& shape, std::int64_t context = 0) {
  return to_seconds(model.cost(shape, context).duration);
}

TEST_CASE("a decode step of one sequence is the sum of its parts") {
  // Layers: 32 x (4096 x (2 x 4096 + 2 x 1024) + 3 x 4096 x 14336); head: 4096 x 128256. 2 bytes each, and 500 x 131072
  // bytes of KV at 2.039e12 x 0.8 byte/s; arithmetic of one token hides behind the reads, all but its square.
  const double weights = 32.0 * (4096.0 * 10240.0 + 3.0 * 4096.0 * 14336.0) + 4096.0 * 128256.0;
  const double read_s = 2.0 * weights / (2.039e12 * 0.8);
  const double compute_s = 2.0 * weights / (312e12 * 0.6);
  const double kv_bytes = 500.0 * 131072.0;
  const double expected_s = 2e-3 + 50e-6 + std::hypot(read_s, compute_s) + kv_bytes / (2.039e12 * 0.8);
  const StepCost cost = physics()->cost({.decode_sequences = 1}, 500);
  CHECK(to_seconds(cost.duration) == Approx(expected_s).epsilon(1e-6));
  // 2 operations per weight; 4 x 32 layers x 32 heads x 128 per context token.
  const double flops = 2.0 * weights + 500.0 * 4.0 * 32.0 * 32.0 * 128.0;
  const double expected_j = 80.0 * expected_s + 100e-12 * (2.0 * weights + kv_bytes) + 0.7e-12 * flops;
  CHECK(cost.energy.j() == Approx(expected_j).epsilon(1e-6));
}

TEST_CASE("decoding eight sequences takes hardly longer than decoding one") {
  const auto model = physics();
  const double one = seconds(*model, {.decode_sequences = 1}, kContext);
  const double eight = seconds(*model, {.decode_sequences = 8}, 8 * kContext);
  CHECK(eight > one);
  CHECK(eight < 1.15 * one);
}

TEST_CASE("no step draws more than the board limit") {
  Accelerator hungry = a100();
  hungry.board_limit_w = figure(250);
  hungry.joules_per_byte = figure(200e-12);
  for (const Accelerator& accelerator : {a100(), hungry}) {
    for (const int tensor_parallel : {1, 4}) {
      const auto model = physics_of(accelerator, llama_8b(), plain_engine(), Precision::bf16, tensor_parallel);
      for (const RandomStep& step : random_steps()) {
        const StepCost cost = model->cost(step.shape, step.context);
        REQUIRE(cost.energy <= Power::from_w(accelerator.board_limit_w.value) * cost.duration);
        // Durations are rounded by up to half a tick, and half a tick per context token.
        const double rounding_s = 0.5e-11 * static_cast<double>(1 + step.context);
        REQUIRE(cost.energy.j() >= accelerator.idle_loaded_w.value * (to_seconds(cost.duration) - 1.01 * rounding_s));
      }
    }
  }
}

TEST_CASE("the board limit binds where a step would draw more, and nowhere else") {
  // The step overhead draws static power only: the limit begins to bind at some context.
  Accelerator hungry = a100();
  hungry.joules_per_byte = figure(200e-12);  // 200 pJ/B x 1.6e12 B/s + 80 W: above 400 W while KV is read
  Engine slow = plain_engine();
  slow.step_overhead_s = figure(20e-3);
  const auto model = physics_of(hungry, llama_8b(), slow);
  hungry.board_limit_w = figure(1e6);
  const auto unlimited = physics_of(hungry, llama_8b(), slow);
  const CostLine line = model->line({.decode_sequences = 8});
  REQUIRE(line.pieces().size() == 2);
  const std::int64_t crossing = line.pieces()[1].from_context;
  REQUIRE(crossing > 1);
  const CostLine free_line = unlimited->line({.decode_sequences = 8});
  CHECK(line.at(crossing - 1) == free_line.at(crossing - 1));
  CHECK(line.at(2 * crossing).energy < free_line.at(2 * crossing).energy);
  CHECK(line.at(crossing).energy < free_line.at(crossing).energy);
  CHECK(line.at(crossing).energy == Power::from_w(400) * line.at(crossing).duration);
  CHECK(line.at(2 * crossing).energy == Power::from_w(400) * line.at(2 * crossing).duration);
}

TEST_CASE("the board limit may cease to bind as the context grows") {
  // Weights are read at 200 pJ/B, far above the limit; attention is slow and cheap.
  Accelerator hungry = a100();
  hungry.joules_per_byte = figure(200e-12);
  hungry.board_limit_w = figure(150);
  hungry.joules_per_flop.fill(figure(0.0));
  hungry.peak_flops[static_cast<std::size_t>(Arithmetic::bf16)] = figure(2e12);
  const auto model = physics_of(hungry, llama_8b(), plain_engine(), Precision::int8);
  hungry.board_limit_w = figure(1e6);
  const auto unlimited = physics_of(hungry, llama_8b(), plain_engine(), Precision::int8);
  const CostLine line = model->line({.decode_sequences = 8});
  REQUIRE(line.pieces().size() == 2);
  const std::int64_t crossing = line.pieces()[1].from_context;
  const CostLine free_line = unlimited->line({.decode_sequences = 8});
  CHECK(line.at(crossing) == free_line.at(crossing));
  CHECK(line.at(crossing - 1).energy < free_line.at(crossing - 1).energy);
  CHECK(line.at(crossing - 1).energy == Power::from_w(150) * line.at(crossing - 1).duration);
}

TEST_CASE("prefill time is flat, then linear in the prompt, then quadratic") {
  const auto model = physics();
  const double overhead = plain_engine().step_overhead_s.value + plain_engine().sequence_overhead_s.value;
  const auto work = [&](std::int64_t tokens) { return seconds(*model, prompt_of(tokens)) - overhead; };
  CHECK(work(16) == Approx(work(8)).epsilon(0.02));                       // the weights' bytes decide
  CHECK(work(2048) == Approx(2.0 * work(1024)).epsilon(0.05));            // the linear layers' arithmetic
  CHECK(work(4'000'000) == Approx(4.0 * work(2'000'000)).epsilon(0.05));  // attention
}

TEST_CASE("grouped query attention shrinks KV traffic by the size of a group") {
  Model grouped = llama_8b();
  Model ungrouped = llama_8b();
  ungrouped.kv_heads = ungrouped.heads;
  const auto piece = [](const Model& model) {
    const auto physics = physics_of(a100(), model, plain_engine());
    return physics->line({.decode_sequences = 1}).pieces().front();
  };
  const double group = static_cast<double>(grouped.heads) / grouped.kv_heads;
  CHECK(static_cast<double>(piece(ungrouped).duration_per_token) ==
        Approx(group * static_cast<double>(piece(grouped).duration_per_token)).epsilon(1e-3));
}

TEST_CASE("twice the accelerators never take less than half the time") {
  for (const int tensor_parallel : {1, 2, 4}) {
    const auto few = physics(tensor_parallel);
    const auto many = physics(2 * tensor_parallel);
    for (const RandomStep& step : random_steps()) {
      REQUIRE(2.0 * seconds(*many, step.shape, step.context) >= seconds(*few, step.shape, step.context) * (1.0 - 1e-4));
    }
  }
}

TEST_CASE("eight bit weights save energy and time in every step") {
  const auto sixteen = physics();
  const auto eight = physics(1, Precision::int8);
  for (const RandomStep& step : random_steps()) {
    const StepCost wide = sixteen->cost(step.shape, step.context);
    const StepCost narrow = eight->cost(step.shape, step.context);
    REQUIRE(narrow.energy < wide.energy);
    REQUIRE(narrow.duration <= wide.duration);
  }
}

TEST_CASE("more work never takes less time or energy") {
  const auto model = physics();
  for (const RandomStep& step : random_steps()) {
    const StepCost cost = model->cost(step.shape, step.context);
    StepShape more = step.shape;
    more.decode_sequences += 1;
    const StepCost larger = model->cost(more, step.context + 1);
    REQUIRE(larger.duration >= cost.duration);
    // Rounding to ticks and femtojoules, where the board limit binds.
    REQUIRE(larger.energy.j() >= cost.energy.j() * (1.0 - 1e-6));
  }
}

TEST_CASE("the cost of a step is its line at its context") {
  for (const int tensor_parallel : {1, 2}) {
    const auto model = physics(tensor_parallel);
    for (const RandomStep& step : random_steps()) {
      REQUIRE(model->cost(step.shape, step.context) == model->line(step.shape).at(step.context));
    }
  }
}

TEST_CASE("requests of several KV heads a group read the group's keys once") {
  Model one = llama_8b();
  one.kv_heads = 1;
  const auto multi_query = physics_of(a100(), one, plain_engine());
  const auto slope = [](const Transformer& model) {
    return static_cast<double>(model.line({.decode_sequences = 1}).pieces().back().duration_per_token);
  };
  // 32 heads on one key: arithmetic, not reads, decides.
  const double flops = 4.0 * 32.0 * 32.0 * 128.0;
  CHECK(slope(*multi_query) / 1e11 ==
        Approx(std::max(131072.0 / 8.0 / (2.039e12 * 0.8), flops / (312e12 * 0.6))).epsilon(1e-3));
}

TEST_CASE("latent attention reads one vector a token, on every accelerator alike") {
  Model latent = llama_8b();
  latent.latent =
      LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128, .query_rank = 1536};
  Accelerator fast = a100();
  fast.peak_flops.fill(figure(1e18));  // reads alone
  const auto slope = [&](int tensor_parallel) {
    const auto model = physics_of(fast, latent, plain_engine(), Precision::bf16, tensor_parallel);
    return static_cast<double>(model->line({.decode_sequences = 1}).pieces().back().duration_per_token);
  };
  CHECK(slope(1) / 1e11 == Approx(32.0 * 576.0 * 2.0 / (2.039e12 * 0.8)).epsilon(1e-3));
  CHECK(slope(8) == slope(1));
}

TEST_CASE("accelerators that share the way have slower links in larger groups") {
  Accelerator shared = a100();
  shared.link_groups[0].bytes_per_s = figure(shared.link_bytes_per_s.value / 4.0);
  shared.link_groups[1].bytes_per_s = figure(shared.link_bytes_per_s.value / 20.0);
  const auto links_s = [](const Accelerator& accelerator, int tensor_parallel, std::int64_t tokens) {
    return physics_of(accelerator, llama_8b(), plain_engine(), Precision::bf16, tensor_parallel)
        ->parts(prompt_of(tokens), 0)
        .links_s;
  };
  CHECK(links_s(shared, 2, 4096) == links_s(a100(), 2, 4096));
  CHECK(links_s(shared, 4, 100'000) == Approx(4.0 * links_s(a100(), 4, 100'000)).epsilon(0.02));
  CHECK(links_s(shared, 8, 100'000) == Approx(20.0 * links_s(a100(), 8, 100'000)).epsilon(0.02));
  // Two all-reduces a layer.
  Accelerator late = a100();
  late.link_groups[1].latency_s = figure(late.link_latency_s.value + 25e-6);
  CHECK(links_s(late, 8, 1) - links_s(a100(), 8, 1) == Approx(64 * 25e-6));
}

TEST_CASE("latent attention takes the longer of reads and arithmetic") {
  Model latent = llama_8b();
  latent.latent =
      LatentAttention{.kv_rank = 512, .rope_dim = 64, .nope_dim = 128, .value_dim = 128, .query_rank = 1536};
  const auto slope = [&](double peak) {
    Accelerator accelerator = a100();
    accelerator.peak_flops.fill(figure(peak));
    const auto model = physics_of(accelerator, latent, plain_engine());
    return static_cast<double>(model->line({.decode_sequences = 1}).pieces().back().duration_per_token) / 1e11;
  };
  const double reads_s = 32.0 * 576.0 * 2.0 / (2.039e12 * 0.8);
  const double operations = 32.0 * 32.0 * 2.0 * (2.0 * 512.0 + 64.0);
  CHECK(slope(1e18) == Approx(reads_s).epsilon(1e-3));
  CHECK(slope(10e12) == Approx(operations / (10e12 * 0.6)).epsilon(1e-3));
  // Just below the point where both are alike, arithmetic costs nothing.
  CHECK(slope(1.01 * operations / reads_s / 0.6) == Approx(reads_s).epsilon(1e-3));
}

TEST_CASE("the host's times are the same beside every accelerator, those of kernels are not") {
  Engine engine = plain_engine();
  engine.layer_overhead_s = figure(10e-6);
  Engine bare = engine;
  bare.step_overhead_s = figure(0);
  bare.sequence_overhead_s = figure(0);
  Engine instant = bare;
  instant.layer_overhead_s = figure(0);
  for (const double factor : {0.5, 1.0, 2.0}) {
    Accelerator accelerator = a100();
    accelerator.latency_factor = figure(factor);
    const auto step_s = [&](const Engine& e) {
      return seconds(*physics_of(accelerator, llama_8b(), e), {.decode_sequences = 10});
    };
    CHECK(step_s(engine) - step_s(bare) == Approx(2e-3 + 10 * 50e-6).epsilon(1e-6));
    CHECK(step_s(bare) - step_s(instant) == Approx(32 * 10e-6 * factor).epsilon(1e-4));
  }
}

TEST_CASE("an engine's figures on an accelerator hold on it and on what is like it, and nowhere else") {
  Engine engine = plain_engine();
  engine.on["other"] = {{&Engine::layer_overhead_s, figure(100e-6)}};
  Accelerator plain = a100();
  plain.kin = "a100";
  Accelerator other = plain;
  other.name = "mine";
  other.kin = "other";
  const double without_s = seconds(*physics_of(plain, llama_8b(), engine), {.decode_sequences = 1});
  const double with_s = seconds(*physics_of(other, llama_8b(), engine), {.decode_sequences = 1});
  CHECK(with_s - without_s == Approx(32 * 100e-6).epsilon(1e-6));
}

TEST_CASE("an operation on a prompt costs its share of one in decoding") {
  Accelerator whole = a100();
  whole.board_limit_w = figure(1e6);
  Accelerator share = whole;
  share.prefill_energy_factor = figure(0.25);
  const auto energy_j = [](const Accelerator& accelerator, const StepShape& shape) {
    return physics_of(accelerator, llama_8b(), plain_engine())->cost(shape, 0).energy.j();
  };
  const StepShape prompt{
      .prefill_sequences = 1, .prefill_tokens = 1000, .prefill_context = 1000, .prefill_attention = 500'500};
  Accelerator none = whole;
  none.joules_per_flop.fill(figure(0));
  const double operations_j = energy_j(whole, prompt) - energy_j(none, prompt);
  CHECK(energy_j(share, prompt) - energy_j(none, prompt) == Approx(0.25 * operations_j).epsilon(1e-6));
  CHECK(energy_j(share, {.decode_sequences = 8}) == energy_j(whole, {.decode_sequences = 8}));
}

TEST_CASE("products in 8 bits wait for their activations to be quantised") {
  Engine engine = plain_engine();
  const auto step_s = [&](Precision precision) {
    return seconds(*physics_of(a100(), llama_8b(), engine, precision), {.decode_sequences = 1});
  };
  const double int8_s = step_s(Precision::int8);
  const double weights_only_s = step_s(Precision::int8_weights);
  engine.eight_bit_layer_overhead_s = figure(20e-6);
  CHECK(step_s(Precision::int8) - int8_s == Approx(32 * 20e-6).epsilon(1e-6));
  CHECK(step_s(Precision::int8_weights) == weights_only_s);
}

TEST_CASE("experts: small batches touch few of them, large ones all") {
  Model experts = llama_8b();
  experts.mixture = ExpertMixture{
      .experts = 64, .experts_per_token = 4, .shared_experts = 1, .intermediate = 2048, .dense_layers = 1};
  const ModelWeights weights = model_weights(experts);
  CHECK(weights.experts_touched(0.0) == 0.0);
  CHECK(weights.experts_touched(1.0) == Approx(4.0));
  CHECK(weights.experts_touched(2.0) == Approx(64.0 * (1.0 - std::pow(60.0 / 64.0, 2))));
  CHECK(weights.experts_touched(1e6) == Approx(64.0));
  const double expert = 3.0 * 4096.0 * 2048.0;
  CHECK(weights.total() - weights.active() == Approx(31.0 * 60.0 * expert + weights.embedding));

  const auto model = physics_of(a100(), experts, plain_engine());
  double before_s = 0.0;
  for (const int batch : {1, 2, 4, 8, 16, 32, 64}) {
    const double now_s = seconds(*model, {.decode_sequences = batch});
    CHECK(now_s > before_s);
    CHECK(now_s < 2.0 * before_s + 1.0 * (before_s == 0.0));
    before_s = now_s;
  }
  // One sequence reads 4 of 64 experts, 64 sequences nearly all.
  CHECK(seconds(*model, {.decode_sequences = 64}) > 3.0 * seconds(*model, {.decode_sequences = 1}));
}

TEST_CASE("a pipeline takes the time of all its stages, and its sequences share the stages") {
  const TransformerSpec staged{.parallel = {.pipeline = 4}, .network_bytes_per_s = 12.5e9, .network_latency_s = 10e-6};
  const auto pipeline = physics(1, Precision::bf16, staged);
  const auto whole = physics();
  const double hop_s = 3.0 * (10e-6 + 4096.0 * 2.0 / 12.5e9);
  CHECK(seconds(*pipeline, {.decode_sequences = 1}, kContext) ==
        Approx(seconds(*whole, {.decode_sequences = 1}, kContext) + hop_s).epsilon(1e-6));
  // 64 sequences are four micro-batches of 16: a round costs what 16 cost on one accelerator with all the layers.
  const double overhead_s = 2e-3;
  const double sixteen_s = seconds(*whole, {.decode_sequences = 16}, 16 * kContext) - overhead_s - 16 * 50e-6;
  const double round_s = seconds(*pipeline, {.decode_sequences = 64}, 64 * kContext) - overhead_s - 64 * 50e-6;
  CHECK(round_s == Approx(sixteen_s + 3.0 * (10e-6 + 16.0 * 4096.0 * 2.0 / 12.5e9)).epsilon(1e-4));
  // Four accelerators read all the weights once a micro-batch.
  const double pipeline_j = 4.0 * pipeline->cost({.decode_sequences = 1}, kContext).energy.j();
  CHECK(pipeline_j > whole->cost({.decode_sequences = 1}, kContext).energy.j());
}

TEST_CASE("an engine that launches each layer from the host takes at least so long for it") {
  Engine old = plain_engine();
  old.layer_launch_s = figure(0.6e-3);
  const auto model = physics_of(a100(), llama_8b(), old);
  const CostLine line = model->line({.decode_sequences = 1});
  REQUIRE(line.pieces().size() >= 2);
  CHECK(to_seconds(line.at(0).duration) == Approx(2e-3 + 50e-6 + 32 * 0.6e-3));
  CHECK(line.at(0).duration == line.at(line.pieces()[1].from_context - 1).duration);
  const auto modern = physics_of(a100(), llama_8b(), plain_engine());
  const std::int64_t later = 2 * line.pieces()[1].from_context;
  CHECK(line.at(later).duration == modern->cost({.decode_sequences = 1}, later).duration);
}

TEST_CASE("weights of fewer bits make decoding faster, and their widening makes long prompts slower") {
  const auto sixteen = physics();
  const auto four = physics(1, Precision::int4);
  CHECK(seconds(*four, {.decode_sequences = 1}) < 0.6 * seconds(*sixteen, {.decode_sequences = 1}));
  CHECK(seconds(*four, prompt_of(4096)) > seconds(*sixteen, prompt_of(4096)));
  CHECK(four->cost({.decode_sequences = 1}, 0).energy < sixteen->cost({.decode_sequences = 1}, 0).energy);
}

TEST_CASE("J per token falls with the batch and flattens") {
  const auto model = physics();
  double before_j = 1e9;
  double gain_before = 0.0;
  for (const int batch : {1, 4, 16, 64, 256}) {
    const double token_j = model->cost({.decode_sequences = batch}, batch * kContext).energy.j() / batch;
    CHECK(token_j < before_j);
    const double gain = token_j / before_j;
    CHECK(gain > gain_before);
    gain_before = gain;
    before_j = token_j;
  }
}

TEST_CASE("a window bounds what a step reads, up to it nothing differs") {
  Model model = llama_8b();
  Attention sliding{.heads = 32, .kv_heads = 8, .head_dim = 128, .window = 1024};
  model.kinds = {{.count = 32, .attention = sliding, .intermediate = model.intermediate}};
  const auto windowed = physics_of(a100(), model, plain_engine());
  const auto whole = physics();
  REQUIRE(windowed->attended().whole() == 1);
  const auto at = [](const Transformer& physics, std::int64_t context) {
    return physics.cost({.decode_sequences = 4}, 4 * physics.attended().of(context));
  };
  CHECK(at(*windowed, 1000) == at(*whole, 1000));
  CHECK(at(*windowed, 1024) == at(*whole, 1024));
  CHECK(at(*windowed, 8000) == at(*whole, 1024));
  // Half of the layers slide: a unit is half a token, and both halves of a short context are a whole one.
  model.kinds = {{.count = 16, .attention = sliding, .intermediate = model.intermediate},
                 {.count = 16, .attention = sliding, .intermediate = model.intermediate}};
  model.kinds[1].attention->window = 0;
  const auto half = physics_of(a100(), model, plain_engine());
  CHECK(to_seconds(at(*half, 1000).duration) == Approx(to_seconds(at(*whole, 1000).duration)).epsilon(1e-4));
  CHECK(to_seconds(at(*half, 8000).duration) ==
        Approx(to_seconds(at(*whole, (1024 + 8000) / 2).duration)).epsilon(1e-4));
}

TEST_CASE("tensors of other formats than most are read and multiplied in those") {
  Model model = llama_8b();
  const double head = 4096.0 * 128256.0;
  const auto decode_s = [&](Precision precision) {
    return seconds(*physics_of(a100(), model, plain_engine(), precision), {.decode_sequences = 1});
  };
  // The head stays in 16 bits beside layers of 8.
  const double layers = 32.0 * (4096.0 * 10240.0 + 3.0 * 4096.0 * 14336.0);
  const double bandwidth = 2.039e12 * 0.8;
  const double eight_s = std::hypot(layers / bandwidth, 2.0 * layers / (624e12 * 0.6)) +
                         std::hypot(2.0 * head / bandwidth, 2.0 * head / (312e12 * 0.6));
  CHECK(decode_s(Precision::int8) == Approx(2e-3 + 50e-6 + eight_s).epsilon(1e-6));
  // A checkpoint whose attention is not quantised.
  const TensorFormat wide{};
  const TensorFormat narrow{Precision::int8, 1.0};
  model.checkpoint =
      Checkpoint{.method = "a test",
                 .precision = Precision::int8,
                 .formats = {.mixers = wide, .mlps = narrow, .experts = narrow, .head = wide, .embedding = wide}};
  const double attention = 32.0 * 4096.0 * 10240.0;
  const double mlp = layers - attention;
  const double mixed_s = std::hypot(2.0 * (attention + head) / bandwidth, 2.0 * (attention + head) / (312e12 * 0.6)) +
                         std::hypot(mlp / bandwidth, 2.0 * mlp / (624e12 * 0.6));
  CHECK(decode_s(Precision::int8) == Approx(2e-3 + 50e-6 + mixed_s).epsilon(1e-6));
}

TEST_CASE("a precision that the accelerator lacks is an error") {
  Accelerator old = a100();
  old.peak_flops[static_cast<std::size_t>(Arithmetic::bf16)].reset();
  CHECK_THROWS_AS(physics_of(old, llama_8b(), plain_engine()), Error);
  CHECK_NOTHROW(physics_of(old, llama_8b(), plain_engine(), Precision::fp16));
}

}  // namespace
}  // namespace idlewatt
