// The faults of a fleet as a scenario gives them: as rates, or as single events.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/enum_array.hpp"
#include "base/id.hpp"
#include "base/ticks.hpp"

namespace idlewatt {

/// The kind of a fault.
enum class FaultKind : std::uint8_t {
  crash,        ///< a server goes down at once and is repaired
  accelerator,  ///< one accelerator is lost and replaced
  spot,         ///< a server is taken back after a notice, and may be available again later
  uplink,       ///< a rack's uplink is slower for a while
  slow,         ///< a server's steps take longer for a while
};

inline constexpr std::size_t kFaultKinds = 5;

inline constexpr auto kEveryFaultKind = every<FaultKind, kFaultKinds>();

/// A recurring kind of fault. It comes to each server, accelerator or rack independently. The time from the end of one
/// fault to the next, and the duration of a fault, are exponentially distributed with these means.
struct FaultRate {
  FaultKind kind = FaultKind::crash;
  double mtbf_s = 0.0;      ///< mean seconds from the end of a fault to the next
  double mttr_s = 0.0;      ///< mean seconds that a fault lasts
  std::string server = {};  ///< type of server that the fault comes to; empty: all types
  double notice_s = 0.0;    ///< for spot: seconds from the notice to the loss of the server
  double factor = 1.0;      ///< for uplink: share of the bandwidth that remains; for slow: factor of the time of steps
};

/// One fault at a given time.
struct FaultEvent {
  FaultKind kind = FaultKind::crash;
  Ticks at = 0;     ///< time of the fault; for spot: time of the notice
  Ticks lasts = 0;  ///< time from taking effect to its end
  Ticks notice = 0;
  ServerId server = {};            ///< server that the fault comes to; unused for an uplink
  AcceleratorId accelerator = {};  ///< accelerator of that server, where one is lost
  RackId rack = {};                ///< rack whose uplink is slower
  double factor = 1.0;
};

/// The faults of a scenario.
struct Faults {
  bool retried = false;  ///< true: requests of a lost replica go to another one; false: they fail
  std::vector<FaultRate> rates;
  std::vector<FaultEvent> events;

  bool any() const { return !rates.empty() || !events.empty(); }
};

}  // namespace idlewatt
