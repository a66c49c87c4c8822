// Faults at work: an actor that takes servers, accelerators and bandwidth away when the plan says so, and gives them
// back.
#pragma once

#include "datacenter/controllers.hpp"

namespace idlewatt {

/// Adds the actor, where the scenario has faults.
void add_faults(const ControlRoom& room);

}  // namespace idlewatt
