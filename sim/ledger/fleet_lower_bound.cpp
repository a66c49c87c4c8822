#include "ledger/fleet_lower_bound.hpp"

#include <algorithm>
#include <limits>

namespace idlewatt {

void FleetLowerBound::add_pool(const StepFloor& floor, std::int32_t seats, double scale) {
  pools_.push_back({floor, seats, scale, LowerBound(floor, seats), false});
}

void FleetLowerBound::add_stream(const std::vector<std::int32_t>& pools) {
  choices_.push_back(pools);
  for (const std::int32_t pool : pools) {
    Part& part = pools_[static_cast<std::size_t>(pool)];
    part.shares = part.shares || pools.size() > 1;
  }
}

void FleetLowerBound::add_served(std::int32_t pool, std::int32_t stream, std::int64_t prompt_tokens,
                                 std::int64_t output_tokens, std::int64_t prefix_tokens) {
  const std::vector<std::int32_t>& choice = choices_[static_cast<std::size_t>(stream)];
  if (choice.size() < 2) {
    pools_[static_cast<std::size_t>(pool)].own.add_served(prompt_tokens, output_tokens, prefix_tokens);
    return;
  }
  LowerBound::Sides least{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (const std::int32_t candidate : choice) {
    const Part& part = pools_[static_cast<std::size_t>(candidate)];
    LowerBound query(part.floor, part.seats);
    query.add_served(prompt_tokens, output_tokens, prefix_tokens);
    const LowerBound::Sides sides = query.sides_j();
    least.by_weights = std::min(least.by_weights, part.scale * sides.by_weights);
    least.by_arithmetic = std::min(least.by_arithmetic, part.scale * sides.by_arithmetic);
  }
  shared_.by_weights += least.by_weights;
  shared_.by_arithmetic += least.by_arithmetic;
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
