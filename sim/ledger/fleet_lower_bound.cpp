#include "ledger/fleet_lower_bound.hpp"

#include <algorithm>
#include <limits>

namespace idlewatt {

void FleetLowerBound::add_pool(const StepFloor& floor, std::int32_t seats, double scale) {
  pools_.add({.floor = floor, .seats = seats, .scale = scale, .own = LowerBound(floor, seats)});
}

void FleetLowerBound::add_hand_over(PoolId prefill, PoolId decode) {
  pools_[prefill].decode = decode;
}

void FleetLowerBound::add_stream(const std::vector<PoolId>& pools) {
  choices_.add(pools);
  for (const PoolId pool : pools) {
    Part& part = pools_[pool];
    const bool alone = pools.size() == 1 && !part.decode;
    part.shares = part.shares || !alone;
    if (part.decode) {
      pools_[*part.decode].shares = true;
    }
  }
}

void FleetLowerBound::add_served(PoolId pool, StreamId stream, std::int64_t prompt_tokens, std::int64_t output_tokens,
                                 std::int64_t prefix_tokens) {
  const std::vector<PoolId>& choice = choices_[stream];
  if (choice.size() < 2 && pools_[choice.front()].decode == std::nullopt) {
    pools_[pool].own.add_served(prompt_tokens, output_tokens, prefix_tokens);
    return;
  }
  LowerBound::Sides least{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (const PoolId candidate : choice) {
    const Part& part = pools_[candidate];
    const bool hands_over = part.decode && output_tokens > 1;
    LowerBound::Sides sides = sides_of(part, prompt_tokens, hands_over ? 1 : output_tokens, prefix_tokens);
    if (hands_over) {
      const LowerBound::Sides rest = sides_of(pools_[*part.decode], prompt_tokens, output_tokens, prompt_tokens);
      sides.by_weights += rest.by_weights;
      sides.by_arithmetic += rest.by_arithmetic;
    }
    least.by_weights = std::min(least.by_weights, sides.by_weights);
    least.by_arithmetic = std::min(least.by_arithmetic, sides.by_arithmetic);
  }
  shared_.by_weights += least.by_weights;
  shared_.by_arithmetic += least.by_arithmetic;
}

/// Of one request on one pool, at the wall.
LowerBound::Sides FleetLowerBound::sides_of(const Part& part, std::int64_t prompt_tokens, std::int64_t output_tokens,
                                            std::int64_t prefix_tokens) const {
  LowerBound request(part.floor, part.seats);
  request.add_served(prompt_tokens, output_tokens, prefix_tokens);
  const LowerBound::Sides sides = request.sides_j();
  return {.by_weights = part.scale * sides.by_weights, .by_arithmetic = part.scale * sides.by_arithmetic};
}

double FleetLowerBound::energy_j() const {
  double alone_j = 0.0;
  LowerBound::Sides sharing = shared_;
  for (const Part& part : pools_) {
    if (part.shares) {
      const LowerBound::Sides sides = part.own.sides_j();
      sharing.by_weights += part.scale * sides.by_weights;
      sharing.by_arithmetic += part.scale * sides.by_arithmetic;
    } else {
      alone_j += part.scale * part.own.energy_j();
    }
  }
  return alone_j + std::max(sharing.by_weights, sharing.by_arithmetic);
}

}  // namespace idlewatt
