// The lower bound of two requests, by hand.
#include "ledger/lower_bound.hpp"

#include <algorithm>
#include <utility>

#include "ledger/fleet_lower_bound.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// Two seats. A step takes 1 s, 0.5 s a sequence, 20 s of reading weights or 1 s a token, 0.01 s a token of context.
StepFloor round_floor() {
  return {.step_s = 1.0,
          .sequence_s = 0.5,
          .weights_s = 20.0,
          .token_s = 1.0,
          .decode_context_s = 0.01,
          .prefill_pair_s = 0.001,
          .weights_j = 400.0,
          .token_j = 3.0,
          .prompt_token_j = 3.0,
          .decode_context_j = 2.0,
          .prefill_pair_j = 0.1,
          .static_w = 10.0,
          .limit_w = 1000.0};
}

/// 4 prompt tokens and 3 output tokens; 2 and 1.
LowerBound two_requests(const StepFloor& floor) {
  LowerBound bound(floor, 2);
  bound.add_served(4, 3);
  bound.add_served(2, 1);
  return bound;
}

// Two output tokens come from decode steps, which read 4 + 1 and 4 + 2 tokens. Prompt tokens attend to 1 + 2 + 3 + 4
// and to 1 + 2.
constexpr double kDecoded = 2.0;
constexpr double kContext = 11.0;
constexpr double kPrompt = 6.0;
constexpr double kPairs = 13.0;

}  // namespace

TEST_CASE("lower bound: no request, no energy", "[bound]") {
  CHECK(LowerBound(round_floor(), 2).energy_j() == 0.0);
}

TEST_CASE("lower bound: where reading the weights costs more", "[bound]") {
  const double attention_j = kContext * (10 * 0.01 + 2.0) + kPairs * (10 * 0.001 + 0.1);
  // Each decode step's overhead and weights are shared by two seats.
  const double weights_j = kDecoded * (10 * (0.5 + 0.5 + 10.0) + 200.0 + 3.0);
  CHECK(two_requests(round_floor()).energy_j() == Approx(attention_j + weights_j));
}

TEST_CASE("lower bound: where arithmetic costs more", "[bound]") {
  StepFloor floor = round_floor();
  floor.token_s = 17.0;
  const double attention_j = kContext * (10 * 0.01 + 2.0) + kPairs * (10 * 0.001 + 0.1);
  const double arithmetic_j = kDecoded * (10 * (0.5 + 0.5 + 17.0) + 200.0 + 3.0) + kPrompt * (10 * 17.0 + 3.0);
  CHECK(two_requests(floor).energy_j() == Approx(attention_j + arithmetic_j));
}

TEST_CASE("lower bound: the board limit cuts joules where they are more than its time allows", "[bound]") {
  StepFloor floor = round_floor();
  floor.limit_w = 20.0;
  // Context: 2 J in 0.01 s, 10 W above static power: 0.1 J are left. Pairs: 0.1 J in 0.001 s: 0.01 J.
  const double attention_j = kContext * (10 * 0.01 + 0.1) + kPairs * (10 * 0.001 + 0.01);
  // A decoded token: 203 J in 11 s: 110 J are left.
  const double weights_j = kDecoded * (10 * 11.0 + 110.0);
  CHECK(two_requests(floor).energy_j() == Approx(attention_j + weights_j));
}

TEST_CASE("lower bound: prompt tokens that a prefix cache held are not computed, decode steps read them all the same") {
  StepFloor floor = round_floor();
  floor.token_s = 17.0;
  LowerBound bound(floor, 2);
  bound.add_served(6, 3, 4);
  // Tokens 5 and 6 attend to as many; two decode steps read 7 and 8.
  const double attention_j = (7 + 8) * (10 * 0.01 + 2.0) + (5 + 6) * (10 * 0.001 + 0.1);
  const double decoded_j = 2 * (10 * (0.5 + 0.5 + 17.0) + 200.0 + 3.0);
  CHECK(bound.energy_j() == Approx(attention_j + decoded_j + 2 * (10 * 17.0 + 3.0)));
}

TEST_CASE("lower bound: more seats never cost more", "[bound]") {
  double least = two_requests(round_floor()).energy_j();
  for (const std::int32_t seats : {3, 8, 256}) {
    LowerBound bound(round_floor(), seats);
    bound.add_served(4, 3);
    bound.add_served(2, 1);
    CHECK(bound.energy_j() < least);
    least = bound.energy_j();
  }
}

TEST_CASE("lower bound: a request with a choice of pools counts where each sum is the least", "[bound]") {
  // Reading weights is the larger sum on one pool, arithmetic on the other.
  StepFloor arithmetic = round_floor();
  arithmetic.token_s = 17.0;
  const auto sides = [](const StepFloor& floor, std::int64_t prompt, std::int64_t output) {
    LowerBound bound(floor, 2);
    bound.add_served(prompt, output);
    return bound.sides_j();
  };
  FleetLowerBound fleet;
  fleet.add_pool(round_floor(), 2, 3.0);
  fleet.add_pool(arithmetic, 2, 2.0);
  fleet.add_pool(round_floor(), 2, 10.0);
  fleet.add_stream({PoolId(0), PoolId(1)});
  fleet.add_stream({PoolId(0)});
  fleet.add_stream({PoolId(2)});
  fleet.add_served(PoolId(1), StreamId(0), 4, 3);
  fleet.add_served(PoolId(0), StreamId(0), 400, 1);
  fleet.add_served(PoolId(0), StreamId(1), 2, 5);
  fleet.add_served(PoolId(2), StreamId(2), 7, 9);
  double by_weights = 3.0 * sides(round_floor(), 2, 5).by_weights;
  double by_arithmetic = 3.0 * sides(round_floor(), 2, 5).by_arithmetic;
  for (const auto& [prompt, output] : {std::pair{4, 3}, std::pair{400, 1}}) {
    by_weights += std::min(3.0 * sides(round_floor(), prompt, output).by_weights,
                           2.0 * sides(arithmetic, prompt, output).by_weights);
    by_arithmetic += std::min(3.0 * sides(round_floor(), prompt, output).by_arithmetic,
                              2.0 * sides(arithmetic, prompt, output).by_arithmetic);
  }
  LowerBound alone(round_floor(), 2);
  alone.add_served(7, 9);
  CHECK(fleet.energy_j() == Approx(std::max(by_weights, by_arithmetic) + 10.0 * alone.energy_j()));
}

}  // namespace idlewatt
