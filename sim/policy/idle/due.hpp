// Acts after a wait, on an idle replica or an empty server. A wait of kNever means never.
#pragma once

#include "policy/idle/idle.hpp"

namespace idlewatt {

inline IdleDecision rest_after(const IdleView& view, Ticks wait, IdleAction action) {
  if (wait == kNever) {
    return {};
  }
  const Ticks due = view.idle_since + wait;
  return view.now >= due ? IdleDecision{.action = action, .wake_at = kNever}
                         : IdleDecision{.action = IdleAction::keep, .wake_at = due};
}

inline EmptyServerDecision power_off_after(const IdleView& view, Ticks wait) {
  if (wait == kNever) {
    return {};
  }
  const Ticks due = view.idle_since + wait;
  return view.now >= due ? EmptyServerDecision{.power_off = true, .wake_at = kNever}
                         : EmptyServerDecision{.power_off = false, .wake_at = due};
}

}  // namespace idlewatt
