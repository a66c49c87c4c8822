// What can go wrong with a fleet, as a scenario says it: by rates, or event by event.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/enum_array.hpp"
#include "base/id.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

enum class FaultKind : std::uint8_t {
  crash,        ///< a server goes down at once, and is repaired
  accelerator,  ///< one accelerator is lost, and replaced
  spot,         ///< a server is taken back after a notice, and may be had again later
  uplink,       ///< a rack's uplink is slower for a while
  slow,         ///< a server's steps take longer for a while
};

inline constexpr std::size_t kFaultKinds = 5;

inline constexpr auto kEveryFaultKind = every<FaultKind, kFaultKinds>();

/// A kind of fault that comes again and again, to each server, accelerator or rack on its own: the times between the
/// end of one and the next, and how long one lasts, are exponential with these means.
struct FaultRate {
  FaultKind kind = FaultKind::crash;
  double mtbf_s = 0.0;
  double mttr_s = 0.0;
  std::string server = {};  ///< the type of server that it comes to; empty: all of them
  double notice_s = 0.0;    ///< of spot: it begins so long before the server goes
  double factor = 1.0;      ///< of uplink: what is left of the bandwidth; of slow: how many times as long steps take
};

/// One fault at a given time.
struct FaultEvent {
  FaultKind kind = FaultKind::crash;
  Ticks at = 0;     ///< of spot: of the notice
  Ticks lasts = 0;  ///< from when it takes effect to its end
  Ticks notice = 0;
  ServerId server = {};            ///< that it comes to, but for an uplink
  AcceleratorId accelerator = {};  ///< of that server, where one is lost
  RackId rack = {};                ///< whose uplink is slower
  double factor = 1.0;
};

struct Faults {
  bool retried = false;  ///< requests of a lost replica go to another one; else they fail
  std::vector<FaultRate> rates;
  std::vector<FaultEvent> events;

  bool any() const { return !rates.empty() || !events.empty(); }
};

}  // namespace idlewatt
