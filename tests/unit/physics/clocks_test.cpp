// Power caps and clock limits: what they do to power and to time.
#include <algorithm>
#include <cmath>
#include <vector>

#include "physics/clock_ladder.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

struct Fixture {
  Accelerator accelerator = a100();
  Model model = llama_8b();
  Engine engine = plain_engine();

  Transformer physics(std::optional<double> cap_w, std::optional<double> clock_hz = std::nullopt) const {
    return Transformer({.accelerator = &accelerator,
                        .model = &model,
                        .engine = &engine,
                        .power_cap_w = cap_w,
                        .clock_limit_hz = clock_hz});
  }
};

const std::vector<StepShape> kShapes{
    {.decode_sequences = 1},
    {.decode_sequences = 64},
    {.prefill_sequences = 1, .prefill_tokens = 2048, .prefill_context = 2048, .prefill_attention = 2048 * 1024},
    {.decode_sequences = 32,
     .prefill_sequences = 2,
     .prefill_tokens = 512,
     .prefill_context = 700,
     .prefill_attention = 200'000}};

TEST_CASE("the ladder runs from the highest clock down in its steps") {
  const std::vector<ClockPoint> ladder = clock_ladder(a100());
  REQUIRE(ladder.size() == 81);
  CHECK(ladder.front().clock_hz == 1410e6);
  CHECK(ladder.front().compute == 1.0);
  CHECK(ladder.front().energy == 1.0);
  CHECK(ladder.front().static_w == Approx(80.0));
  CHECK(ladder.back().clock_hz == 210e6);
  // The voltage, at 0.7 of the highest, no longer falls: V^2 = 0.49.
  CHECK(ladder.back().energy == Approx(0.49));
  CHECK(ladder.back().bandwidth == Approx(1.0 - 0.1 * (1200.0 / 1410.0)));
  CHECK(ladder.back().static_w == Approx(55.0 + 25.0 * (210.0 / 1410.0) * 0.49));
  CHECK(clock_point(a100(), 0.75 * 1410e6).energy == Approx(0.85 * 0.85));
}

TEST_CASE("a lower clock limit never makes a step faster, and never draws more power") {
  const Fixture f;
  for (const StepShape& shape : kShapes) {
    StepCost before = f.physics(std::nullopt).cost(shape, 20'000);
    for (const double clock_hz : {1300e6, 1100e6, 900e6, 600e6, 300e6}) {
      const StepCost now = f.physics(std::nullopt, clock_hz).cost(shape, 20'000);
      CHECK(now.duration >= before.duration);
      CHECK(now.energy.j() / to_seconds(now.duration) <= before.energy.j() / to_seconds(before.duration) * (1 + 1e-9));
      before = now;
    }
  }
}

TEST_CASE("a cap is kept, at the highest clock that keeps it, and never makes a step faster") {
  const Fixture f;
  const Transformer free = f.physics(std::nullopt);
  for (const double cap_w : {350.0, 250.0, 180.0, 120.0}) {
    const Transformer capped = f.physics(cap_w);
    for (const StepShape& shape : kShapes) {
      const CostLine line = capped.line(shape);
      for (const std::int64_t context : {0, 1, 500, 5'000, 50'000, 1'000'000}) {
        const StepCost cost = capped.cost(shape, context);
        CHECK(line.at(context) == cost);
        CHECK(cost.duration >= free.cost(shape, context).duration);
        const double clock_hz = capped.parts(shape, context).clock_hz;
        if (clock_hz > 210e6) {  // the lowest clock is the last resort
          CHECK(cost.energy <= Power::from_w(cap_w) * cost.duration);
        }
        if (clock_hz < 1410e6) {
          const StepCost higher = f.physics(std::nullopt, clock_hz + 15e6).cost(shape, context);
          CHECK(higher.energy > Power::from_w(cap_w) * higher.duration);
        }
      }
    }
  }
}

TEST_CASE("a cap costs prefill much and decode little") {
  const Fixture f;
  const auto slower = [&](const StepShape& shape, std::int64_t context) {
    return to_seconds(f.physics(170.0).cost(shape, context).duration) /
           to_seconds(f.physics(std::nullopt).cost(shape, context).duration);
  };
  CHECK(slower(kShapes[2], 0) > 1.15);
  CHECK(slower(kShapes[0], 1000) < 1.05);
}

TEST_CASE("a step that the board limit itself holds back is slowed relative to that") {
  Fixture f;
  f.accelerator.joules_per_flop.fill(figure(2.5e-12));  // prefill would draw far above 400 W
  const StepShape& prompt = kShapes[2];
  const StepCost free = f.physics(std::nullopt).cost(prompt, 0);
  CHECK(free.energy == Power::from_w(400) * free.duration);
  const double just_below = to_seconds(f.physics(399.0).cost(prompt, 0).duration) / to_seconds(free.duration);
  CHECK(just_below < 1.03);
  const StepCost half = f.physics(200.0).cost(prompt, 0);
  CHECK(to_seconds(half.duration) / to_seconds(free.duration) > 1.2);
  CHECK(half.energy <= Power::from_w(200) * half.duration);
  // A clock limit above the clock at which the limit holds it has no effect.
  CHECK(f.physics(std::nullopt, 1395e6).cost(prompt, 0).duration == free.duration);
}

TEST_CASE("no step goes below the floor, under a cap as without") {
  Fixture hungry;
  hungry.accelerator.joules_per_flop.fill(figure(5e-12));  // the board limit itself holds prefill back
  for (const Fixture& f : {Fixture(), hungry}) {
    for (const std::optional<double> cap_w : {std::optional<double>(), std::optional(300.0), std::optional(150.0)}) {
      const Transformer physics = f.physics(cap_w);
      const StepFloor floor = physics.floor();
      for (const StepShape& shape : kShapes) {
        for (const std::int64_t context : {0, 5'000, 200'000}) {
          const double tokens = static_cast<double>(shape.decode_sequences + shape.prefill_tokens);
          const double read = shape.decode_sequences > 0 ? static_cast<double>(context) : 0.0;
          const double pairs = static_cast<double>(shape.prefill_attention);
          const double least_s = floor.step_s + floor.sequence_s * (shape.decode_sequences + shape.prefill_sequences) +
                                 std::max(floor.weights_s, tokens * floor.token_s) + read * floor.decode_context_s +
                                 pairs * floor.prefill_pair_s;
          const double dynamic_j =
              floor.weights_j + tokens * floor.token_j + read * floor.decode_context_j + pairs * floor.prefill_pair_j;
          const double least_j =
              floor.static_w * least_s + std::min(dynamic_j, (floor.limit_w - floor.static_w) * least_s);
          const StepCost cost = physics.cost(shape, static_cast<std::int64_t>(read));
          CHECK(to_seconds(cost.duration) >= least_s * (1 - 1e-9));
          CHECK(cost.energy.j() >= least_j * (1 - 1e-9));
        }
      }
    }
  }
}

TEST_CASE("the parts of a capped step add up to it") {
  Fixture f;
  f.accelerator.joules_per_flop.fill(figure(2.5e-12));
  const Transformer physics = f.physics(200.0);
  for (const StepShape& shape : kShapes) {
    const StepParts parts = physics.parts(shape, 1000);
    CHECK(parts.overhead_s + parts.linear_s + parts.attention_s + parts.links_s + parts.layers_s ==
          Approx(to_seconds(physics.cost(shape, 1000).duration)).epsilon(1e-6));
  }
}

TEST_CASE("a cap at the board limit changes nothing") {
  const Fixture f;
  for (const StepShape& shape : kShapes) {
    CHECK(f.physics(400.0).cost(shape, 1000) == f.physics(std::nullopt).cost(shape, 1000));
  }
}

}  // namespace
}  // namespace idlewatt
