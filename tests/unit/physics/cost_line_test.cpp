#include "physics/cost_line.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

std::int64_t draw(RandomStream& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random.uniform() * static_cast<double>(high - low + 1));
}

/// Convex or not, with jumps, flat pieces among them.
CostLine random_line(RandomStream& random) {
  std::vector<CostPiece> pieces;
  std::int64_t from = 0;
  const std::int64_t scale = draw(random, 0, 1) == 0 ? 10 : 3'000'000'000;
  for (std::int64_t left = draw(random, 1, 5); left > 0; --left) {
    CostPiece piece;
    piece.from_context = from;
    piece.duration_per_token = draw(random, 0, 2) == 0 ? 0 : draw(random, 0, std::max<std::int64_t>(1, scale / 100));
    piece.duration_at_zero = draw(random, 1, scale) - piece.duration_per_token * from;
    piece.energy_per_token_fj = draw(random, 0, 1'000'000'000);
    piece.energy_at_zero_fj = draw(random, -1'000'000, 1'000'000'000'000);
    pieces.push_back(piece);
    from += draw(random, 1, 200);
  }
  return CostLine(pieces);
}

TEST_CASE("the cost at a context is that of the last piece that begins there or before") {
  const CostLine line({{.from_context = 0, .duration_at_zero = 10, .energy_at_zero_fj = 1},
                       {.from_context = 5, .duration_at_zero = 5, .duration_per_token = 1, .energy_per_token_fj = 2}});
  CHECK(line.at(0) == StepCost{10, {1}});
  CHECK(line.at(4) == StepCost{10, {1}});
  CHECK(line.at(5) == StepCost{10, {10}});
  CHECK(line.at(7) == StepCost{12, {14}});
}

TEST_CASE("a sum of steps is what the steps add up to, crossings included") {
  RandomStream random(1, "cost line sum");
  for (int round = 0; round < 2000; ++round) {
    const CostLine line = random_line(random);
    const std::int64_t context = draw(random, 0, 300);
    const std::int64_t growth = draw(random, 0, 20);
    const std::int64_t steps = draw(random, 0, 100);
    StepCost expected;
    for (std::int64_t step = 0; step < steps; ++step) {
      const StepCost cost = line.at(context + step * growth);
      expected.duration += cost.duration;
      expected.energy += cost.energy;
    }
    REQUIRE(line.sum(context, growth, steps) == expected);
  }
}

TEST_CASE("sums may be taken in pieces") {
  RandomStream random(2, "cost line sum");
  for (int round = 0; round < 500; ++round) {
    const CostLine line = random_line(random);
    const std::int64_t context = draw(random, 0, 300);
    const std::int64_t growth = draw(random, 1, 256);
    const std::int64_t steps = draw(random, 1, 10'000);
    const std::int64_t first = draw(random, 0, steps);
    const StepCost whole = line.sum(context, growth, steps);
    const StepCost before = line.sum(context, growth, first);
    const StepCost after = line.sum(context + first * growth, growth, steps - first);
    REQUIRE(whole.duration == before.duration + after.duration);
    REQUIRE(whole.energy == before.energy + after.energy);
  }
}

TEST_CASE("the steps begun before a time are those that a clock would count") {
  RandomStream random(3, "cost line steps");
  for (int round = 0; round < 3000; ++round) {
    const CostLine line = random_line(random);
    const std::int64_t context = draw(random, 0, 300);
    const std::int64_t growth = draw(random, 0, 20);
    const std::int64_t limit = draw(random, 1, 100);
    // At a boundary (where a step begins at that very tick, and does not count), beside it, or anywhere.
    const Ticks boundary = line.sum(context, growth, draw(random, 0, limit)).duration;
    const Ticks whole = line.sum(context, growth, limit).duration;
    for (const Ticks elapsed : {boundary - 1, boundary, boundary + 1, draw(random, 0, 2 * whole)}) {
      std::int64_t expected = 0;
      Ticks begins = 0;
      while (expected < limit && begins < elapsed) {
        begins += line.at(context + expected * growth).duration;
        ++expected;
      }
      REQUIRE(line.steps_begun_before(elapsed, context, growth, limit) == expected);
    }
  }
}

TEST_CASE("steps begun are counted exactly where floating point no longer can") {
  // 3e9 steps in 9e18 ticks: the square root of the closed form is off by many steps and must be put right.
  const CostLine line({{.from_context = 0, .duration_at_zero = 1, .duration_per_token = 2}});
  const std::int64_t steps = 3'000'000'000;  // their durations 1 + 2 i sum to steps squared
  const Ticks elapsed = steps * steps;
  CHECK(line.sum(0, 1, steps).duration == elapsed);
  CHECK(line.steps_begun_before(elapsed, 0, 1, 2 * steps) == steps);
  CHECK(line.steps_begun_before(elapsed + 1, 0, 1, 2 * steps) == steps + 1);
  CHECK(line.steps_begun_before(elapsed, 0, 1, steps - 5) == steps - 5);
}

TEST_CASE("simulated time that overflows is an error") {
  const CostLine line({{.from_context = 0, .duration_at_zero = 1'000'000'000'000'000'000}});
  CHECK(line.sum(0, 1, 9).duration == 9'000'000'000'000'000'000);
  CHECK_THROWS_AS(line.sum(0, 1, 10), Error);
  const CostLine steep({{.from_context = 0, .duration_at_zero = 1, .duration_per_token = 1'000'000}});
  CHECK_THROWS_AS(steep.sum(0, 1'000'000, 10'000'000), Error);
}

TEST_CASE("a line that is none is an error") {
  const CostPiece good{.from_context = 0, .duration_at_zero = 1};
  CHECK_THROWS_AS(CostLine(std::vector<CostPiece>{}), Error);
  CHECK_THROWS_AS(CostLine({CostPiece{.from_context = 1, .duration_at_zero = 1}}), Error);
  CHECK_THROWS_AS(CostLine({good, good}), Error);
  CHECK_THROWS_AS(CostLine({good, CostPiece{.from_context = 9, .duration_at_zero = 1},
                            CostPiece{.from_context = 8, .duration_at_zero = 1}}),
                  Error);
  CHECK_THROWS_AS(CostLine({CostPiece{.from_context = 0, .duration_at_zero = 0}}), Error);
  CHECK_THROWS_AS(CostLine({CostPiece{.from_context = 0, .duration_at_zero = 5, .duration_per_token = -1}}), Error);
  CHECK_THROWS_AS(CostLine({good, CostPiece{.from_context = 3, .duration_at_zero = -3, .duration_per_token = 1}}),
                  Error);
}

}  // namespace
}  // namespace idlewatt
