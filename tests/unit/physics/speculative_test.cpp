// Speculative decoding: rounds of drafts and one step that verifies them, against rounds counted by hand.
#include "physics/speculative.hpp"

#include <algorithm>
#include <memory>

#include "base/random.hpp"
#include "physics/measured_steps.hpp"
#include "physics/memory_plan.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// A model of an eighth of the layers: it drafts in about an eighth of the time.
Model small_model() {
  Model model = llama_8b();
  model.name = "small";
  model.layers /= 8;
  model.parameters.value /= 8;
  return model;
}

std::unique_ptr<StepModel> physics_of(const Model& model) {
  const Accelerator accelerator = a100();
  const Engine engine = plain_engine();
  return make_transformer({.accelerator = &accelerator, .model = &model, .engine = &engine});
}

Speculative speculative(std::int32_t drafted, double acceptance) {
  return Speculative(physics_of(llama_8b()), physics_of(small_model()), drafted, acceptance);
}

double seconds(const StepCost& cost) {
  return to_seconds(cost.duration);
}

}  // namespace

TEST_CASE("tokens of a round: each draft counts while all before it were accepted, and one is always added",
          "[speculative]") {
  CHECK(tokens_per_round(4, 0.0) == Approx(1.0));
  CHECK(tokens_per_round(1, 0.5) == Approx(1.5));
  CHECK(tokens_per_round(3, 0.8) == Approx(1 + 0.8 + 0.64 + 0.512));
  // As rounds of dice have it.
  RandomStream dice(1, "rounds");
  double tokens = 0.0;
  const int rounds = 200'000;
  for (int round = 0; round < rounds; ++round) {
    int accepted = 0;
    while (accepted < 5 && dice.uniform() < 0.7) {
      ++accepted;
    }
    tokens += accepted + 1;
  }
  CHECK(tokens / rounds == Approx(tokens_per_round(5, 0.7)).epsilon(0.01));
}

TEST_CASE("a step is its share of a round: so many draft steps and one that verifies", "[speculative]") {
  const auto target = physics_of(llama_8b());
  const auto draft = physics_of(small_model());
  for (const std::int32_t drafted : {1, 2, 5}) {
    const Speculative rounds = speculative(drafted, 0.6);
    for (const std::int32_t n : {1, 7, 64}) {
      for (const std::int64_t context : {100L, 5'000L, 200'000L}) {
        StepCost round = target->cost({.decode_sequences = n, .decode_tokens = drafted + 1},
                                      context + static_cast<std::int64_t>(drafted) * n);
        for (std::int32_t i = 0; i < drafted; ++i) {
          const StepCost step = draft->cost({.decode_sequences = n}, context + static_cast<std::int64_t>(i) * n);
          round.duration += step.duration;
          round.energy += step.energy;
        }
        const StepCost step = rounds.line({.decode_sequences = n}).at(context);
        const double yield = tokens_per_round(drafted, 0.6);
        CHECK(seconds(step) == Approx(seconds(round) / yield).epsilon(1e-4));
        CHECK(step.energy.j() == Approx(round.energy.j() / yield).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("verifying reads weights and keys once, and computes for every token", "[speculative]") {
  const auto target = physics_of(llama_8b());
  const double one_s = seconds(target->cost({.decode_sequences = 1}, 1000));
  const double five_s = seconds(target->cost({.decode_sequences = 1, .decode_tokens = 5}, 1000));
  CHECK(five_s > one_s);
  CHECK(five_s < 1.1 * one_s);  // memory decides, and that is read as before
  const double many_s = seconds(target->cost({.decode_sequences = 256}, 256'000));
  const double many_times_five_s = seconds(target->cost({.decode_sequences = 256, .decode_tokens = 5}, 256'000));
  CHECK(many_times_five_s > 2.0 * many_s);  // arithmetic decides
}

TEST_CASE("one sequence gains what the formula says; a full batch loses", "[speculative]") {
  const auto target = physics_of(llama_8b());
  const auto draft = physics_of(small_model());
  const double acceptance = 0.8;
  for (const std::int32_t drafted : {2, 4}) {
    const Speculative rounds = speculative(drafted, acceptance);
    const double plain_s = seconds(target->cost({.decode_sequences = 1}, 1000));
    const double cost_ratio = seconds(draft->cost({.decode_sequences = 1}, 1000)) / plain_s;
    // Leviathan et al., theorem 3.8: verifying takes as long as one step of the large model.
    const double speedup = tokens_per_round(drafted, acceptance) / (drafted * cost_ratio + 1.0);
    CHECK(plain_s / seconds(rounds.line({.decode_sequences = 1}).at(1000)) == Approx(speedup).epsilon(0.05));
  }
  const double full_s = seconds(target->cost({.decode_sequences = 512}, 512'000));
  CHECK(seconds(speculative(4, 0.5).line({.decode_sequences = 512}).at(512'000)) > full_s);
}

TEST_CASE("prompts are computed by both models, beside the output", "[speculative]") {
  const Speculative rounds = speculative(3, 0.7);
  const StepShape prompt = shape_of({.tokens = 512, .context = 100.0});
  const StepCost alone = rounds.cost(prompt, 0);
  const auto both =
      physics_of(llama_8b())->cost(prompt, 0).duration + physics_of(small_model())->cost(prompt, 0).duration;
  CHECK(alone.duration == both);
  StepShape mixed = prompt;
  mixed.decode_sequences = 8;
  CHECK(rounds.cost(mixed, 4000).duration == alone.duration + rounds.cost({.decode_sequences = 8}, 4000).duration);
}

TEST_CASE("a step goes below no floor", "[speculative]") {
  RandomStream dice(7, "floors");
  for (const std::int32_t drafted : {1, 3, 8}) {
    for (const double acceptance : {0.0, 0.5, 0.95}) {
      const Speculative rounds = speculative(drafted, acceptance);
      const StepFloor floor = rounds.floor();
      for (int i = 0; i < 200; ++i) {
        StepShape shape;
        shape.decode_sequences = static_cast<std::int32_t>(dice.uniform() * 200);
        if (shape.decode_sequences == 0 || dice.uniform() < 0.5) {
          shape = [&] {
            StepShape with = shape_of({.tokens = 1 + static_cast<std::int64_t>(dice.uniform() * 4000), .context = 0.0});
            with.decode_sequences = shape.decode_sequences;
            return with;
          }();
        }
        const auto context = static_cast<std::int64_t>(dice.uniform() * 2000) * shape.decode_sequences;
        const StepCost cost = rounds.cost(shape, context);
        const double tokens = static_cast<double>(shape.decode_sequences + shape.prefill_tokens);
        const double least_s = floor.step_s + shape.decode_sequences * floor.sequence_s +
                               std::max(floor.weights_s, tokens * floor.token_s) +
                               static_cast<double>(context) * floor.decode_context_s +
                               static_cast<double>(shape.prefill_attention) * floor.prefill_pair_s;
        CHECK(seconds(cost) >= least_s * (1 - 1e-12));
        const double least_j = floor.static_w * seconds(cost) + floor.weights_j + tokens * floor.token_j +
                               static_cast<double>(context) * floor.decode_context_j +
                               static_cast<double>(shape.prefill_attention) * floor.prefill_pair_j;
        CHECK(cost.energy.j() >= std::min(least_j, floor.limit_w * seconds(cost)) * (1 - 1e-9));
      }
    }
  }
}

TEST_CASE("both models share the memory", "[speculative]") {
  const Model draft = small_model();
  const MemoryPlan plain = memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1});
  const MemoryPlan both =
      memory_plan(a100(), llama_8b(), plain_engine(), Precision::bf16, {.tensor = 1}, {.draft = &draft});
  CHECK(both.weight_bytes == Approx(plain.weight_bytes + draft.weight_bytes(Precision::bf16)));
  // An eighth more bytes for every token.
  CHECK(static_cast<double>(both.kv_blocks) ==
        Approx(both.kv_bytes / plain.kv_bytes / 1.125 * static_cast<double>(plain.kv_blocks)).epsilon(1e-4));
}

}  // namespace idlewatt
