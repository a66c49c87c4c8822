// The functions shared by idle policies that put replicas to rest: the depth of the rest, and the wake of one more
// replica.
#pragma once

#include "policy/idle/idle.hpp"

namespace idlewatt {

/// The shortest time between two looks of the manager of idle replicas, in seconds. With 0 the manager would look at
/// every tick, and the run would never end.
inline constexpr double kShortestWait = 0.1;

enum class Rest : std::uint8_t { sleep, unload, off };

/// The parameter `rest`: one word of Rest, by default `sleep`.
ParameterSpec rest_parameter();
Rest rest_of(const Parameters& parameters);

/// The action on a replica. A replica whose server is to be powered off is unloaded first.
constexpr IdleAction action_of(Rest rest) {
  return rest == Rest::sleep ? IdleAction::sleep : IdleAction::unload;
}
constexpr const RestCost& cost_of(const RestCosts& costs, Rest rest) {
  return rest == Rest::sleep ? costs.sleep : costs.unload;
}

/// The parameter `wake_above`, requests per awake replica.
ParameterSpec wake_above_parameter();

/// True when one more replica is needed: when none is awake, or when the awake ones have more than `wake_above`
/// requests each.
inline bool one_more(const WakeView& view, double wake_above) {
  return view.awake == 0 || static_cast<double>(view.outstanding) > wake_above * view.awake;
}

/// The time after which waiting has cost as much energy as the rest that it avoids; kNever where a rest saves nothing.
Ticks break_even(const RestCost& cost);

}  // namespace idlewatt
