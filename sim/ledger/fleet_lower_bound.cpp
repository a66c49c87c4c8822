#include "ledger/fleet_lower_bound.hpp"

#include <algorithm>
#include <limits>

namespace idlewatt {

void FleetLowerBound::add_pool(const StepFloor& floor, std::int32_t seats, double scale) {
  pools_.push_back({.floor = floor, .seats = seats, .scale = scale, .own = LowerBound(floor, seats)});
}

void FleetLowerBound::add_hand_over(std::int32_t prefill, std::int32_t decode) {
  pools_[static_cast<std::size_t>(prefill)].decode = decode;
}

void FleetLowerBound::add_stream(const std::vector<std::int32_t>& pools) {
  choices_.push_back(pools);
  for (const std::int32_t pool : pools) {
    Part& part = pools_[static_cast<std::size_t>(pool)];
    const bool alone = pools.size() == 1 && part.decode == kItself;
    part.shares = part.shares || !alone;
    if (part.decode != kItself) {
      pools_[static_cast<std::size_t>(part.decode)].shares = true;
    }
  }
}

void FleetLowerBound::add_served(std::int32_t pool, std::int32_t stream, std::int64_t prompt_tokens,
                                 std::int64_t output_tokens, std::int64_t prefix_tokens) {
  const std::vector<std::int32_t>& choice = choices_[static_cast<std::size_t>(stream)];
  if (choice.size() < 2 && pools_[static_cast<std::size_t>(choice.front())].decode == kItself) {
    pools_[static_cast<std::size_t>(pool)].own.add_served(prompt_tokens, output_tokens, prefix_tokens);
    return;
  }
  LowerBound::Sides least{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (const std::int32_t candidate : choice) {
    const Part& part = pools_[static_cast<std::size_t>(candidate)];
    const bool hands_over = part.decode != kItself && output_tokens > 1;
    LowerBound::Sides sides = sides_of(part, prompt_tokens, hands_over ? 1 : output_tokens, prefix_tokens);
    if (hands_over) {
      const LowerBound::Sides rest =
          sides_of(pools_[static_cast<std::size_t>(part.decode)], prompt_tokens, output_tokens, prompt_tokens);
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
