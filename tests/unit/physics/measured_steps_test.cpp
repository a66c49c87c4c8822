// A table of measured steps: exact at its points, sensible between and beyond them, never faster with more to do.
#include "physics/measured_steps.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "physics/transformer.hpp"
#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<StepModel> analytic() {
  const Accelerator accelerator = a100();
  const Model model = llama_8b();
  const Engine engine = plain_engine();
  return make_transformer({.accelerator = &accelerator, .model = &model, .engine = &engine});
}

StepShape decode(std::int32_t batch) {
  return {.decode_sequences = batch};
}

StepShape chunk(std::int64_t tokens, std::int64_t before = 0) {
  return shape_of({.tokens = tokens, .context = static_cast<double>(before)});
}

double seconds(const StepCost& cost) {
  return to_seconds(cost.duration);
}

/// Round numbers: 8 sequences take twice as long as 4.
std::vector<MeasuredStep> round_table() {
  return {{4, 0, 100, 0.010, 100.0}, {4, 0, 300, 0.014, 150.0},   {8, 0, 100, 0.020, 200.0},
          {8, 0, 300, 0.028, 250.0}, {0, 100, 0, 0.030, 300.0},   {0, 100, 1000, 0.040, 310.0},
          {0, 300, 0, 0.080, 320.0}, {0, 300, 1000, 0.100, 330.0}};
}

MeasuredSteps round_steps() {
  return MeasuredSteps(round_table(), *analytic());
}

/// A grid of what `model` says.
std::vector<MeasuredStep> table_of(const StepModel& model, bool powers) {
  std::vector<MeasuredStep> steps;
  const auto add = [&](MeasuredStep step) {
    const StepCost cost = model.cost(shape_of(step), decode_context_of(step));
    step.duration_s = seconds(cost);
    if (powers) {
      step.power_w = cost.energy.j() / step.duration_s;
    }
    steps.push_back(step);
  };
  for (std::int32_t batch = 1; batch <= 256; batch *= 2) {
    for (const double context : {64.0, 1024.0, 8192.0}) {
      add({.batch = batch, .context = context});
    }
  }
  for (std::int64_t tokens = 16; tokens <= 8192; tokens *= 2) {
    for (const double before : {0.0, 2048.0, 8192.0}) {
      add({.tokens = tokens, .context = before});
    }
  }
  return steps;
}

TEST_CASE("Measured steps are exact at the table's points") {
  const MeasuredSteps steps = round_steps();
  for (const MeasuredStep& step : round_table()) {
    const StepCost cost = steps.cost(shape_of(step), decode_context_of(step));
    CHECK(cost.duration == to_ticks(step.duration_s));
    CHECK(cost.energy.j() == Approx(*step.power_w * step.duration_s).epsilon(1e-9));
  }
}

TEST_CASE("Measured steps: straight lines between the points") {
  const MeasuredSteps steps = round_steps();
  CHECK(seconds(steps.cost(decode(4), 4 * 200)) == Approx(0.012));
  CHECK(seconds(steps.cost(decode(6), 6 * 100)) == Approx(0.015));
  CHECK(seconds(steps.cost(decode(6), 6 * 200)) == Approx(0.018));
  CHECK(seconds(steps.cost(chunk(200), 0)) == Approx(0.055));
  CHECK(seconds(steps.cost(chunk(200, 500), 0)) == Approx(0.0625));
  CHECK(steps.cost(decode(4), 4 * 200).energy.j() == Approx((0.010 * 100 + 0.014 * 150) / 2));
}

TEST_CASE("Measured steps: beyond the points as the header says") {
  const MeasuredSteps steps = round_steps();
  // Context: flat below, as steep above, at the last point's power.
  CHECK(seconds(steps.cost(decode(4), 4 * 10)) == Approx(0.010));
  CHECK(seconds(steps.cost(decode(4), 4 * 500)) == Approx(0.018));
  CHECK(steps.cost(decode(4), 4 * 500).energy.j() == Approx(0.018 * 150));
  // Batches: as the smallest below, straight on above.
  CHECK(seconds(steps.cost(decode(1), 100)) == Approx(0.010));
  CHECK(seconds(steps.cost(decode(16), 16 * 100)) == Approx(0.040));
  // Tokens: down to the least decode step, straight on above.
  CHECK(seconds(steps.cost(chunk(50), 0)) == Approx((0.010 + 0.030) / 2));
  CHECK(seconds(steps.cost(chunk(500), 0)) == Approx(0.130));
  // One size alone: in proportion.
  const MeasuredSteps alone({{4, 0, 100, 0.010, 100.0}, {0, 100, 0, 0.030, 300.0}}, *analytic());
  CHECK(seconds(alone.cost(decode(8), 8 * 5000)) == Approx(0.020));
  CHECK(seconds(alone.cost(chunk(400, 7), 0)) == Approx(0.120));
}

TEST_CASE("A mixed measured step pays once for what every step costs") {
  const MeasuredSteps steps = round_steps();
  StepShape mixed = chunk(100);
  mixed.decode_sequences = 8;
  const StepCost cost = steps.cost(mixed, 8 * 300);
  CHECK(seconds(cost) == Approx(0.028 + 0.030 - 0.010));
  CHECK(cost.energy.j() == Approx(0.028 * 250 + 0.030 * 300 - 0.010 * 100));
  // Two prompts at once count as one that attends to as many.
  StepShape two = chunk(100);
  two.prefill_sequences = 2;
  two.prefill_tokens = 200;
  two.prefill_context = 200;
  two.prefill_attention = 2 * 5050;
  CHECK(seconds(steps.cost(two, 0)) == Approx(0.055));
}

TEST_CASE("Measured steps without watts draw what the other model says") {
  std::vector<MeasuredStep> table = round_table();
  const auto model = analytic();
  for (MeasuredStep& step : table) {
    step.power_w.reset();
  }
  const MeasuredSteps steps(table, *model);
  for (const MeasuredStep& step : table) {
    const StepCost own = steps.cost(shape_of(step), decode_context_of(step));
    const StepCost other = model->cost(shape_of(step), decode_context_of(step));
    CHECK(own.energy.j() / seconds(own) == Approx(other.energy.j() / seconds(other)));
  }
}

TEST_CASE("A table of the analytic model gives the analytic model back") {
  const auto model = analytic();
  const std::vector<MeasuredStep> table = table_of(*model, true);
  const MeasuredSteps steps(table, *model);
  for (const MeasuredStep& step : table) {
    const StepCost want = model->cost(shape_of(step), decode_context_of(step));
    CHECK(std::abs(steps.cost(shape_of(step), decode_context_of(step)).duration - want.duration) <= 1);
  }
  RandomStream random(1, "measured steps");
  for (int i = 0; i < 500; ++i) {
    const auto from_to = [&](double low, double high) {
      return static_cast<std::int64_t>(low + random.uniform() * (high - low));
    };
    const bool mixed = i % 2 == 0;
    StepShape shape = mixed ? chunk(from_to(100, 4000), from_to(0, 4000)) : StepShape{};
    shape.decode_sequences = static_cast<std::int32_t>(from_to(1, 256));
    const std::int64_t context = shape.decode_sequences * from_to(64, 8000);
    const StepCost own = steps.cost(shape, context);
    const StepCost want = model->cost(shape, context);
    // Mixed steps are put together by a rule: reads and arithmetic overlap in them as they do not in the two alone.
    const double tolerance = mixed ? 0.12 : 0.01;
    CHECK(seconds(own) == Approx(seconds(want)).epsilon(tolerance));
    CHECK(own.energy.j() == Approx(want.energy.j()).epsilon(tolerance));
  }
}

TEST_CASE("Noisy measured steps never get shorter with more context, and jump as they step") {
  RandomStream random(2, "measured steps");
  for (int round = 0; round < 200; ++round) {
    std::vector<MeasuredStep> table;
    for (int i = 0; i < 20; ++i) {
      const bool decodes = i == 0 || (i > 1 && random.uniform() < 0.6);
      MeasuredStep step{.context = std::floor(random.uniform() * 1e4) / 4.0,
                        .duration_s = 1e-3 + random.uniform(),
                        .power_w = 1.0 + 400.0 * random.uniform()};
      step.batch = decodes ? 1 + i / 3 : 0;
      step.tokens = decodes ? 0 : 1 + 10 * (i / 3);
      table.push_back(step);
    }
    const MeasuredSteps steps(table, *analytic());
    StepShape shape = round % 2 == 0 ? chunk(1 + round) : StepShape{};
    shape.decode_sequences = 1 + round % 40;
    const CostLine line = steps.line(shape);
    StepCost sum;
    Ticks before = 0;
    for (std::int64_t i = 0; i < 300; ++i) {
      const StepCost cost = line.at(7 + i * shape.decode_sequences * 20);
      REQUIRE(cost.duration >= before);
      REQUIRE(cost.energy.fj > 0);
      before = cost.duration;
      sum.duration += cost.duration;
      sum.energy += cost.energy;
    }
    REQUIRE(line.sum(7, shape.decode_sequences * 20, 300) == sum);
    StepShape alone = decode(shape.decode_sequences);
    REQUIRE(steps.cost(shape, 1000).duration >= steps.cost(alone, 1000).duration);
    REQUIRE(steps.cost(shape, 1000).energy >= steps.cost(alone, 1000).energy);
  }
}

TEST_CASE("What is no table of measured steps") {
  const auto model = analytic();
  const auto refused = [&](const std::vector<MeasuredStep>& table) {
    CHECK_THROWS_AS(MeasuredSteps(table, *model), Error);
  };
  const MeasuredStep decoded{4, 0, 100, 0.010, 100.0};
  const MeasuredStep prompt{0, 100, 0, 0.030, 300.0};
  refused({});
  refused({decoded});
  refused({prompt});
  refused({decoded, decoded, prompt});
  refused({decoded, prompt, {4, 100, 0, 0.010, {}}});
  refused({decoded, prompt, {0, 0, 0, 0.010, {}}});
  refused({decoded, prompt, {5, 0, 0, 0.0, {}}});
}

}  // namespace
}  // namespace idlewatt
