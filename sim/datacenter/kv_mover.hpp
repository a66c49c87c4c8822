// The actors of disaggregated serving: what KvTransfers says is to travel goes over SimGrid's links.
#pragma once

#include "datacenter/controllers.hpp"

namespace idlewatt {

/// Nothing is added to a scenario without roles. In one with roles, one actor sleeps until a prefill replica's next
/// step ends, so that SimGrid's clock is there when a request is handed over; each flow is an actor of its own. Whoever
/// makes something due sooner, rings for the first when it lets time pass (SimulatedSite::before_waiting).
void add_kv_mover(const ControlRoom& room);

}  // namespace idlewatt
