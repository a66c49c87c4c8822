// What a roofline must do whatever its numbers are.
#include "physics/roofline.hpp"

#include <vector>

#include "support/a100.hpp"
#include "support/catch.hpp"
#include "units/error.hpp"
#include "units/random.hpp"

namespace idlewatt {
namespace {

constexpr std::int64_t kContext = 500;

std::unique_ptr<StepModel> roofline(int tensor_parallel = 1, Precision precision = Precision::bf16) {
  return make_roofline(a100(), llama_8b(), plain_engine(), precision, tensor_parallel);
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
  RandomStream random(1, "roofline steps");
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
  // 2 x 7.5e9 bytes of weights and 500 x 131072 bytes of KV at 2.039e12 x 0.8 byte/s; 2 ms + 50 us of overhead.
  const double bytes = 2.0 * 7.5e9 + 500.0 * 131072.0;
  const double expected_s = 2e-3 + 50e-6 + bytes / (2.039e12 * 0.8);
  const StepCost cost = roofline()->cost({.decode_sequences = 1}, 500);
  CHECK(to_seconds(cost.duration) == Approx(expected_s).epsilon(1e-6));
  // 2 operations per parameter; 4 x 32 layers x 32 heads x 128 per context token.
  const double flops = 2.0 * 7.5e9 + 500.0 * 4.0 * 32.0 * 32.0 * 128.0;
  CHECK(cost.energy.j() == Approx(80.0 * expected_s + 100e-12 * bytes + 0.7e-12 * flops).epsilon(1e-6));
}

TEST_CASE("decoding eight sequences takes hardly longer than decoding one") {
  const auto model = roofline();
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
      const auto model = make_roofline(accelerator, llama_8b(), plain_engine(), Precision::bf16, tensor_parallel);
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
  const auto model = make_roofline(hungry, llama_8b(), slow, Precision::bf16, 1);
  hungry.board_limit_w = figure(1e6);
  const auto unlimited = make_roofline(hungry, llama_8b(), slow, Precision::bf16, 1);
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
  // Weights are read at 400 pJ/B, far above the limit; attention is slow and cheap.
  Accelerator hungry = a100();
  hungry.joules_per_byte = figure(200e-12);
  hungry.board_limit_w = figure(250);
  hungry.joules_per_flop.fill(figure(0.0));
  hungry.peak_flops[static_cast<std::size_t>(Precision::fp16)] = figure(2e12);
  const auto model = make_roofline(hungry, llama_8b(), plain_engine(), Precision::bf16, 1);
  hungry.board_limit_w = figure(1e6);
  const auto unlimited = make_roofline(hungry, llama_8b(), plain_engine(), Precision::bf16, 1);
  const CostLine line = model->line({.decode_sequences = 8});
  REQUIRE(line.pieces().size() == 2);
  const std::int64_t crossing = line.pieces()[1].from_context;
  const CostLine free_line = unlimited->line({.decode_sequences = 8});
  CHECK(line.at(crossing) == free_line.at(crossing));
  CHECK(line.at(crossing - 1).energy < free_line.at(crossing - 1).energy);
  CHECK(line.at(crossing - 1).energy == Power::from_w(250) * line.at(crossing - 1).duration);
}

TEST_CASE("prefill time is flat, then linear in the prompt, then quadratic") {
  const auto model = roofline();
  const double overhead = plain_engine().step_overhead_s.value + plain_engine().sequence_overhead_s.value;
  const auto work = [&](std::int64_t tokens) { return seconds(*model, prompt_of(tokens)) - overhead; };
  CHECK(work(16) == Approx(work(8)).epsilon(0.01));                       // the weights' bytes decide
  CHECK(work(2048) == Approx(2.0 * work(1024)).epsilon(0.05));            // the linear layers' arithmetic
  CHECK(work(4'000'000) == Approx(4.0 * work(2'000'000)).epsilon(0.05));  // attention
}

TEST_CASE("grouped query attention shrinks KV traffic by the size of a group") {
  Model grouped = llama_8b();
  Model ungrouped = llama_8b();
  ungrouped.kv_heads = ungrouped.heads;
  const auto piece = [](const Model& model) {
    const auto physics = make_roofline(a100(), model, plain_engine(), Precision::bf16, 1);
    return physics->line({.decode_sequences = 1}).pieces().front();
  };
  const double group = static_cast<double>(grouped.heads) / grouped.kv_heads;
  CHECK(static_cast<double>(piece(ungrouped).duration_per_token) ==
        Approx(group * static_cast<double>(piece(grouped).duration_per_token)).epsilon(1e-3));
  CHECK(piece(ungrouped).duration_at_zero == piece(grouped).duration_at_zero);
}

TEST_CASE("twice the accelerators never take less than half the time") {
  for (const int tensor_parallel : {1, 2, 4}) {
    const auto few = roofline(tensor_parallel);
    const auto many = roofline(2 * tensor_parallel);
    for (const RandomStep& step : random_steps()) {
      REQUIRE(2.0 * seconds(*many, step.shape, step.context) >= seconds(*few, step.shape, step.context) * (1.0 - 1e-4));
    }
  }
}

TEST_CASE("eight bit weights save energy and time in every step") {
  const auto sixteen = roofline();
  const auto eight = roofline(1, Precision::int8);
  for (const RandomStep& step : random_steps()) {
    const StepCost wide = sixteen->cost(step.shape, step.context);
    const StepCost narrow = eight->cost(step.shape, step.context);
    REQUIRE(narrow.energy < wide.energy);
    REQUIRE(narrow.duration <= wide.duration);
  }
}

TEST_CASE("more work never takes less time or energy") {
  const auto model = roofline();
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
    const auto model = roofline(tensor_parallel);
    for (const RandomStep& step : random_steps()) {
      REQUIRE(model->cost(step.shape, step.context) == model->line(step.shape).at(step.context));
    }
  }
}

TEST_CASE("a precision that the accelerator lacks is an error") {
  Accelerator old = a100();
  old.peak_flops[static_cast<std::size_t>(Precision::bf16)].reset();
  CHECK_THROWS_AS(make_roofline(old, llama_8b(), plain_engine(), Precision::bf16, 1), Error);
  CHECK_NOTHROW(make_roofline(old, llama_8b(), plain_engine(), Precision::fp16, 1));
}

}  // namespace
}  // namespace idlewatt
