// What idle policies that put replicas to rest share: how deep the rest is, and when one more replica is woken.
#pragma once

#include "policy/idle/idle.hpp"

namespace idlewatt {

/// The manager of idle replicas looks as often as this at most, seconds: at nothing it would look at every tick, and
/// the run would never end.
inline constexpr double kShortestWait = 0.1;

enum class Rest : std::uint8_t { sleep, unload, off };

/// The parameter `rest`: one of them, `sleep` unless it is given.
ParameterSpec rest_parameter();
Rest rest_of(const Parameters& parameters);

/// What becomes of a replica: one whose server is to be off is unloaded first.
constexpr IdleAction action_of(Rest rest) {
  return rest == Rest::sleep ? IdleAction::sleep : IdleAction::unload;
}
constexpr const RestCost& cost_of(const RestCosts& costs, Rest rest) {
  return rest == Rest::sleep ? costs.sleep : costs.unload;
}

/// The parameter `wake_above`.
ParameterSpec wake_above_parameter();

/// One more is wanted when none is awake, or the awake ones have more than `wake_above` requests each.
inline bool one_more(const WakeView& view, double wake_above) {
  return view.awake == 0 || static_cast<double>(view.outstanding) > wake_above * view.awake;
}

/// How long a wait costs as much energy as the rest that it avoids; kNever where a rest saves nothing.
Ticks break_even(const RestCost& cost);

}  // namespace idlewatt
